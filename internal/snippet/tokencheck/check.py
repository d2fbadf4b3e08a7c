import jwt  # PyJWT, with cryptography

ISSUER = "https://sso.example.com"
AUDIENCE = "grafana"

# Keeps the keys for five minutes, and fetches them again for one it doesn't know.
KEYS = jwt.PyJWKClient(ISSUER + "/.well-known/jwks.json")


def check(token):
    """Gives the claims of a token, or raises jwt.PyJWTError."""
    key = KEYS.get_signing_key_from_jwt(token)
    return jwt.decode(
        token,
        key.key,
        algorithms=["ES256"],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=30,
        options={"require": ["exp", "iss", "aud", "sub"]},
    )
