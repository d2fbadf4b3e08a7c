import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.util.Set;

final class TokenCheck {
    static final String ISSUER = "https://sso.example.com";
    static final String AUDIENCE = "grafana";

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    // Make one and keep it: it keeps the keys for five minutes, and fetches
    // them again for one it does not know.
    TokenCheck() throws MalformedURLException {
        var keys = JWKSourceBuilder.<SecurityContext>create(URI.create(ISSUER + "/.well-known/jwks.json").toURL()).build();
        var claims = new DefaultJWTClaimsVerifier<SecurityContext>(
            AUDIENCE, new JWTClaimsSet.Builder().issuer(ISSUER).build(), Set.of("exp", "sub"));
        claims.setMaxClockSkew(30);
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, keys));
        processor.setJWTClaimsSetVerifier(claims);
    }

    // Gives the claims of a token, or throws.
    JWTClaimsSet check(String token) throws Exception {
        return processor.process(token, null);
    }
}
