package idp

// IsPublic is the guard's judgement of one address.
var IsPublic = isPublic
