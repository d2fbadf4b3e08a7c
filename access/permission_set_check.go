package access

func checkPermissionSet(s *PermissionSet) error { return nil }

func withRuleIDs(rules, before []Rule) []Rule { return rules }
