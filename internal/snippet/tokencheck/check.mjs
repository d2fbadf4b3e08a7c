import { createRemoteJWKSet, jwtVerify } from "jose";

const issuer = "https://sso.example.com";
const audience = "grafana";

// Keeps the keys for ten minutes, and fetches them again for one it doesn't know.
const keys = createRemoteJWKSet(new URL(issuer + "/.well-known/jwks.json"));

// check gives the claims of a token, or throws.
export async function check(token) {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ["ES256"],
    issuer,
    audience,
    requiredClaims: ["exp", "sub"],
    clockTolerance: 30,
  });
  return payload;
}
