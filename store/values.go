package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// millis is a time as it is stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// encode gives v as JSON text. Stored types have no value that JSON refuses.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

func decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}

// encodeList is encode for lists that are mostly empty, which store as "".
func encodeList[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	return encode(list)
}

func decodeList[T any](text string) ([]T, error) {
	if text == "" {
		return nil, nil
	}
	var list []T
	err := decode(text, &list)
	return list, err
}

const pageSize = 50

func limit(n int) int {
	if n <= 0 {
		return pageSize
	}
	return n
}

// where gathers conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

// add takes a condition in which each ? stands for the next of args.
func (w *where) add(condition string, args ...any) {
	var b strings.Builder
	for _, part := range strings.SplitAfter(condition, "?") {
		text, placeholder := strings.CutSuffix(part, "?")
		b.WriteString(text)
		if placeholder {
			w.args = append(w.args, args[0])
			args = args[1:]
			fmt.Fprintf(&b, "$%d", len(w.args))
		}
	}
	w.conditions = append(w.conditions, b.String())
}

// in adds "column IN (...)" for any number of values.
func in[T ~string](w *where, column string, values []T) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	w.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")+")", args...)
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// containing is a LIKE pattern, for ESCAPE '\', that finds part literally.
func containing(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(part) + "%"
}
