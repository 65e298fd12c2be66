// A real OpenID provider for tests: oidc-provider with one client, its own pages for signing in and
// agreeing, refresh tokens that rotate, and a back door at /control for what an admin does there.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const state = { down: false, withheld: [], grants: new Set(), asked: [] };

const provider = new Provider(issuer, {
  clients: ["one", "other"].map((id) => ({
    client_id: id,
    client_secret: `secret/of ${id}`,
    redirect_uris: [redirect],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "client_secret_basic",
  })),
  scopes: ["openid", "offline_access", "groups"],
  features: { revocation: { enabled: true } },
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, client, code) => code.scopes.has("offline_access"),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  ttl: { AccessToken: 61, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
  async loadExistingGrant(ctx) {
    // As a page on which single permissions can be unticked.
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    if (!ctx.oidc.result?.consent) return undefined;
    for (const scope of ["openid", "offline_access", "groups"]) {
      if (state.withheld.includes(scope)) grant.rejectOIDCScope(scope);
      else grant.addOIDCScope(scope);
    }
    state.grants.add(await grant.save());
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (ctx.path === "/control") {
    const { down, withhold, narrow, leave } = ctx.query;
    if (down) state.down = down === "yes";
    if (withhold !== undefined) state.withheld = withhold.split(",").filter(Boolean);
    for (const id of narrow || leave ? state.grants : []) {
      const grant = await provider.Grant.find(id);
      if (leave) await grant?.destroy();
      else if (grant) {
        grant.rejectOIDCScope(narrow);
        await grant.save();
      }
    }
    ctx.body = { asked: state.asked };
    return;
  }
  if (ctx.path === "/token") {
    if (state.down) { ctx.status = 503; return; }
    await next();
    const params = ctx.oidc?.params ?? {};
    state.asked.push({ grant: params.grant_type, token: params.refresh_token, status: ctx.status });
    return;
  }
  await next();
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
