// A real OpenID provider (npm oidc-provider, installed by install.sh) on a port of its own. Its one argument is JSON:
// where mailmoot is (`house`), the provider's name there (`name`), and its people, `accounts`: a subject and its claims each.
// It prints its issuer when it listens. Anybody signs in with the subject and any password.
//
// With `mailbox`, an address, it also gives out access tokens for that mailbox, with the scope "mail": to the client "moot-app" for
// itself, and to the client "moot-mail" by a refresh token, which it prints behind the issuer and turns over each time. Whoever signs in
// at mailmoot gets such tokens for their own mailbox: that of the claim `mailbox`, or else of their address. A mail
// server asks it about tokens as the client "mail-server". The scope "other" is good for nothing. POST /withdraw takes back all
// access tokens, and says how many it gave out since the last time; POST /forget takes back the refresh tokens as well. GET /taken-back says how often
// somebody gave back what they had (RFC 7009).
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const library = new URL("../../target/oidc/node_modules/oidc-provider/lib/index.js", import.meta.url);
const { Provider } = await import(fileURLToPath(library));
const { house, name, accounts, mailbox } = JSON.parse(process.argv[2]);
const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
const here = `${house}/sign-in/with/${name}`;
const secret = "s3cret-of-the-client";
const mail_clients = [
  { client_id: "moot-app", grant_types: ["client_credentials"], scope: "mail other" },
  { client_id: "moot-mail", grant_types: ["authorization_code", "refresh_token"], redirect_uris: [`${here}/back`], response_types: ["code"] },
  { client_id: "mail-server", grant_types: [], scope: "mail" },
].map((client) => ({ client_secret: secret, redirect_uris: [], response_types: [], ...client }));
const mailboxOf = (id) => accounts[id]?.mailbox ?? accounts[id]?.email ?? mailbox;
const provider = new Provider(issuer, {
  clients: [...(mailbox ? mail_clients : []), {
    client_id: "mailmoot",
    client_secret: secret,
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: [`${here}/back`],
    post_logout_redirect_uris: [`${house}/sign-in`],
    backchannel_logout_uri: `${here}/logout`,
    backchannel_logout_session_required: true,
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  scopes: ["openid", "offline_access", "mail", "other"],
  features: {
    devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === "mail-server" },
    revocation: { enabled: true, allowedPolicy: () => true },
  },
  rotateRefreshToken: () => true,
  // Whose mailbox a token opens; the mail server reads it.
  extraTokenClaims: (_, { accountId }) => (mailbox ? { username: mailboxOf(accountId) } : {}),
  // Its own guard lets nothing go to this machine; here everything is on it.
  fetch: (url, { dispatcher: _, ...options }) => globalThis.fetch(url, options),
  pkce: { required: () => true },
  cookies: { keys: ["for tests"] },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
});
provider.on("backchannel.error", (_, error) => console.error("back-channel logout:", error.message));
const given = [];
for (const event of ["access_token.saved", "client_credentials.saved"]) provider.on(event, (token) => given.push(token));
const refreshing = [];
let takenBack = 0;
provider.on("grant.revoked", () => takenBack++);
provider.on("refresh_token.saved", (token) => refreshing.push(token));
const answer = provider.callback();
server.on("request", async (request, response) => {
  if (request.url === "/taken-back") return response.end(String(takenBack));
  if (!["/withdraw", "/forget"].includes(request.url)) return answer(request, response);
  if (request.url === "/forget") for (const token of refreshing.splice(0)) await token.destroy();
  const tokens = given.splice(0);
  for (const token of tokens) await token.destroy();
  response.end(String(tokens.length));
});
let refreshToken = "";
if (mailbox) {
  // As if somebody had signed the account in and agreed.
  const [accountId, clientId, scope] = ["mailbox", "moot-mail", "openid offline_access mail"];
  accounts[accountId] ??= { email: mailbox };
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const client = await provider.Client.find(clientId);
  refreshToken = await new provider.RefreshToken({ accountId, client, grantId, scope, gty: "authorization_code" }).save();
}
console.log(`${issuer} ${refreshToken}`.trim());
