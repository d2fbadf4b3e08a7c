package access

import (
	"regexp"
	"strings"

	"sallyport/internal/fault"
)

var (
	registrationForm = regexp.MustCompile(`^[A-Za-z0-9]{2,32}\+[A-Za-z0-9]{2,32}$`)
	fqdnForm         = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$`)
	directoryIDForm  = regexp.MustCompile(`^d-[0-9a-f]{10}$`)
	accountForm      = regexp.MustCompile(`^[0-9]{12}$`)
)

// checkKind sees to what an application is, and makes the URL of a WorkSpaces
// directory.
func checkKind(a *Application) error {
	switch a.Kind {
	case KindWeb, KindLink:
		if a.WorkSpaces != nil {
			return fault.New(fault.Invalid, "Only an application of the kind WorkSpaces takes a Region, a registration code and a directory.")
		}
		return nil
	case KindWorkSpaces:
	default:
		return fault.New(fault.Invalid, "Choose what it is: a web application, Amazon WorkSpaces, or a link.")
	}
	if a.WorkSpaces == nil {
		return fault.New(fault.Invalid, "Give the Region, the registration code, the directory ID and the account ID of the WorkSpaces directory.")
	}
	w := *a.WorkSpaces
	for _, text := range []*string{&w.Region, &w.RegistrationCode, &w.DirectoryID, &w.AccountID, &w.Client} {
		*text = strings.TrimSpace(*text)
	}
	if err := checkWorkSpaces(&w); err != nil {
		return err
	}
	a.WorkSpaces, a.URL = &w, w.RelayState()
	return nil
}

func checkWorkSpaces(w *WorkSpaces) error {
	row, ok := w.row()
	switch {
	case w.Region == "":
		return fault.New(fault.Invalid, "Choose the Region of the WorkSpaces directory.")
	case !ok:
		return fault.New(fault.Invalid, quoted(w.Region)+" is not a Region in which WorkSpaces takes SAML sign-ins. Choose one of the table, such as eu-west-1.")
	case w.FIPS && row.FIPS == "":
		return fault.New(fault.Invalid, "WorkSpaces has no FIPS endpoint in "+w.Region+".")
	case !registrationForm.MatchString(w.RegistrationCode) && (!fqdnForm.MatchString(w.RegistrationCode) || len(w.RegistrationCode) > 253):
		return fault.New(fault.Invalid, "The registration code is written as SLiad+AB12CD, as the WorkSpaces console shows it at the directory; for cross-Region redirection it is the connection string, such as desktops.example.com.")
	case !directoryIDForm.MatchString(w.DirectoryID):
		return fault.New(fault.Invalid, "The directory ID is written as d-1234567890: d- and ten digits or letters from a to f.")
	case !accountForm.MatchString(w.AccountID):
		return fault.New(fault.Invalid, "The account ID is twelve digits, without hyphens.")
	case w.Client != "" && w.Client != "native" && w.Client != "web":
		return fault.New(fault.Invalid, "The client is native, web, or none for people to choose.")
	}
	return nil
}
