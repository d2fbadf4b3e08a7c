package access

// roleDocuments are a role's documents as they were read, with the texts that
// they were read from: a copy of the role may say something else by now.
type roleDocuments struct {
	trust  readDocument
	inline []readDocument
}

type readDocument struct {
	name, text string
	document   *iamDocument
	err        error
}

// read reads the documents, once for as long as their texts stay. It is called
// before others see the role.
func (r *Role) read() {
	if r.documents == nil {
		r.documents = &roleDocuments{trust: readTrust(r.Trust), inline: readInline(r.Inline)}
	}
}

func readTrust(text string) readDocument {
	d, err := parseTrust(text)
	return readDocument{text: text, document: d, err: err}
}

func readInline(policies []InlinePolicy) []readDocument {
	all := make([]readDocument, 0, len(policies))
	for _, p := range policies {
		d, err := parseInline(p.Name, p.Document)
		all = append(all, readDocument{name: p.Name, text: p.Document, document: d, err: err})
	}
	return all
}

// trustDocument is the trust policy as the role says it now.
func (r *Role) trustDocument() (*iamDocument, error) {
	if r.documents != nil && r.documents.trust.text == r.Trust {
		return r.documents.trust.document, r.documents.trust.err
	}
	return parseTrust(r.Trust)
}

// inlineDocuments are the inline policies as the role says them now. A Deny
// might stand in one that cannot be read, so that the first error is all.
func (r *Role) inlineDocuments() ([]*iamDocument, error) {
	all := make([]*iamDocument, 0, len(r.Inline))
	for i, p := range r.Inline {
		one, found := r.inlineRead(i, p)
		if !found {
			one.document, one.err = parseInline(p.Name, p.Document)
		}
		if one.err != nil {
			return nil, one.err
		}
		all = append(all, one.document)
	}
	return all, nil
}

func (r *Role) inlineRead(i int, p InlinePolicy) (readDocument, bool) {
	if r.documents == nil || i >= len(r.documents.inline) {
		return readDocument{}, false
	}
	one := r.documents.inline[i]
	return one, one.name == p.Name && one.text == p.Document
}
