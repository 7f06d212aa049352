// A real OpenID provider (npm oidc-provider, installed by install.sh) on a port of its own. Its one argument is JSON:
// where mailmoot is (`house`), the provider's name there (`name`), and its people, `accounts`: a subject and its claims each.
// It prints its issuer when it listens. Anybody signs in with the subject and any password.
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const library = new URL("../../target/oidc/node_modules/oidc-provider/lib/index.js", import.meta.url);
const { Provider } = await import(fileURLToPath(library));
const { house, name, accounts } = JSON.parse(process.argv[2]);
const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
const here = `${house}/sign-in/with/${name}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "mailmoot",
    client_secret: "s3cret-of-the-client",
    redirect_uris: [`${here}/back`],
    post_logout_redirect_uris: [`${house}/sign-in`],
    backchannel_logout_uri: `${here}/logout`,
    backchannel_logout_session_required: true,
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  // Its own guard lets nothing go to this machine; here everything is on it.
  fetch: (url, { dispatcher: _, ...options }) => globalThis.fetch(url, options),
  pkce: { required: () => true },
  cookies: { keys: ["for tests"] },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
});
provider.on("backchannel.error", (_, error) => console.error("back-channel logout:", error.message));
server.on("request", provider.callback());
console.log(issuer);
