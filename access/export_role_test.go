package access

// ReadRole does with a role what a catalog does.
func ReadRole(r *Role) { r.read() }
