package gateway

// brokenLinkPage answers a way back from the sign-in that does not lead in.
// again is the page to start from; "" where the address does not say.
func brokenLinkPage(again string, withoutCookie bool) *page {
	p := &page{
		Title: "This link does not lead in any more",
		Says:  []string{"It works once, for a minute, and only in the browser in which the sign-in began."},
	}
	if withoutCookie {
		p.Says = append(p.Says, "Your browser sent no cookie of this address. If that happens again, allow cookies for it.")
	}
	if again == "" {
		p.Says = append(p.Says, "Please open the application again.")
		return p
	}
	p.First = &link{"Start again", again}
	return p
}

// plainPage says what a request lacks. fix is for who runs the proxy.
func plainPage(title, says string, fix ...string) *page {
	return &page{Title: title, Says: []string{says}, Fix: fix}
}

// unknownHostPage answers for hosts that belong to no application.
func unknownHostPage(host string) *page {
	return plainPage("No application lives here",
		"This address is not known to the sign-in service. Please check it, or ask your administrator.",
		"A proxy asked for the host "+host+". Add an application with an address on it, or mend the host that the proxy sends.")
}

// untrustedProxyPage answers whoever speaks for others without leave.
func untrustedProxyPage(peer string) *page {
	return plainPage("This request came by a way that is not trusted",
		"The sign-in service takes such questions from its proxies only. Please tell your administrator.",
		"It was asked by "+peer+", which is not among the trusted proxies. If that is your proxy, add its address to trusted_proxies in the configuration.")
}
