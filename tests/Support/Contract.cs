using System.Text.Json.Nodes;

namespace CleanJwt;

/// <summary>
/// The scopes of the public contract, in the order in which the service writes them. A new scope changes this list and
/// no other test.
/// </summary>
internal static class ContractScopes
{
    public const string OfEveryAccount = "account:read account:write";

    public const string OfAdmins = $"{OfEveryAccount} users:read users:write";
}

/// <summary>
/// The routes of the public contract. A new route is one row here, and the tests that go through all routes take it
/// from here.
/// </summary>
internal static class Contract
{
    private const string Password = $"\"{TestAccounts.Password}\"";

    public static readonly Route[] Routes =
    [
        new("POST /api/auth/register", "nothing", "201 202 400 409 413 415 429 500 503", "AccountResponse")
        {
            OperationId = "register",
            Body = new("RegisterCommand", 201)
            {
                ["email"] = "\"EMAIL\"", ["password"] = Password, ["displayName"] = "\"Ada\"", ["frontend"] = "null",
            },
        },
        new("POST /api/auth/register/confirm", "nothing", "201 400 401 403 409 413 415 429 500 503",
            "ConfirmedRegistrationResponse", Parameters: "query transport")
        {
            OperationId = "confirmRegistration",
            Body = new("ConfirmRegistrationCommand", 401, needsMail: true)
            {
                ["flowToken"] = "\"x\"", ["code"] = "\"x\"", ["token"] = "null", ["password"] = Password,
                ["displayName"] = "\"Ada\"", ["scope"] = "\"account:read\"",
            },
        },
        new("POST /api/auth/register/resend", "nothing", "202 400 401 413 415 429 500 501 503", "ConfirmationRequired")
        {
            OperationId = "resendConfirmation",
            Body = new("ResendConfirmationCommand", 401, needsMail: true)
            {
                ["flowToken"] = "\"x\"", ["frontend"] = "null",
            },
        },
        new("POST /api/auth/password/forgot", "nothing", "202 400 413 415 429 500 501 503", "FlowTicket")
        {
            OperationId = "forgotPassword",
            Body = new("ForgotPasswordCommand", 501, needsMail: true)
            {
                ["email"] = "\"EMAIL\"", ["frontend"] = "null",
            },
        },
        new("POST /api/auth/password/reset", "nothing", "204 400 401 413 415 429 500 503")
        {
            OperationId = "resetPassword",
            Body = new("ResetPasswordCommand", 401, needsMail: true)
            {
                ["newPassword"] = Password, ["flowToken"] = "\"x\"", ["code"] = "\"x\"", ["token"] = "null",
            },
        },
        new("POST /api/auth/login", "nothing", "200 202 400 401 403 413 415 429 500 503", "Tokens",
            "query transport")
        {
            OperationId = "signIn",
            Body = new(
                "LoginCommand",
                401) { ["email"] = "\"EMAIL\"", ["password"] = Password, ["scope"] = "\"account:read\"" },
        },
        new("POST /api/auth/login/second-factor", "nothing", "200 400 401 403 413 415 429 500 503", "Tokens",
            "query transport")
        {
            OperationId = "signInWithSecondFactor",
            Body = new("LoginWithSecondFactorCommand", 401)
            {
                ["mfaToken"] = "\"x\"", ["code"] = "\"x\"", ["recoveryCode"] = "null", ["passkey"] = "null",
            },
        },
        new("POST /api/auth/passkey/options", "nothing", "200 400 401 413 415 429 500 503", "PasskeyOptions")
        {
            OperationId = "beginPasskeySignIn",
            Body = new("BeginPasskeyProofCommand", 401, isRequired: false) { ["mfaToken"] = "\"x\"" },
        },
        new("POST /api/auth/passkey/login", "nothing", "200 400 401 403 413 415 429 500 503", "Tokens",
            "query transport")
        {
            OperationId = "signInWithPasskey",
            Body = new("LoginWithPasskeyCommand", 401)
            {
                ["state"] = "\"x\"", ["credential"] = "{}", ["scope"] = "\"account:read\"",
            },
        },
        new("POST /api/auth/refresh", "nothing", "200 204 400 401 403 413 415 429 500 503", "Tokens",
            "query transport")
        {
            OperationId = "refresh",
            Body = new("RefreshCommand", 401)
            {
                ["refreshToken"] = "\"x\"", ["scope"] = "\"account:read\"", ["rotate"] = "true",
            },
        },
        new("POST /api/auth/logout", "nothing", "204 400 401 403 413 415 429 500 503",
            Parameters: "query transport")
        {
            OperationId = "signOut",
            Body = new("LogoutCommand", 401, isRequired: false) { ["refreshToken"] = "\"x\"" },
        },
        new("POST /api/auth/reauthenticate", "live", "200 400 401 403 413 415 429 500 503", "Tokens",
            "query transport")
        {
            OperationId = "reauthenticate",
            Body = new("ReauthenticateCommand", 200)
            {
                ["password"] = Password, ["code"] = "null", ["recoveryCode"] = "null", ["passkey"] = "null",
            },
        },
        new("GET /api/auth/token", "token", "200 401 429 500 503", "TokenResponse") { OperationId = "getToken" },
        new("GET /api/users/me", "read account:read", "200 304 401 403 500 503", "AccountResponse",
            "header If-None-Match") { OperationId = "getAccount" },
        new("PATCH /api/users/me", "live account:write", "200 400 401 403 412 413 415 500 503", "AccountResponse",
            "header If-Match")
        {
            OperationId = "updateAccount",
            Body = new("UpdateProfileCommand", 200) { ["displayName"] = "\"Ada\"" },
        },
        new("DELETE /api/users/me", "recent account:write", "204 401 403 409 500 503")
        {
            OperationId = "deleteAccount",
        },
        new("PUT /api/users/me/password", "live account:write", "204 400 401 403 413 415 429 500 503")
        {
            OperationId = "changePassword",
            Body = new(
                "ChangePasswordCommand",
                204) { ["currentPassword"] = Password, ["newPassword"] = "\"a new horse and a new staple\"" },
        },
        new("POST /api/users/me/email/confirmation", "live account:write",
            "202 400 401 403 409 413 415 429 500 501 503", "FlowTicket")
        {
            OperationId = "requestEmailConfirmation",
            Body = new("RequestEmailConfirmationCommand", 501, isRequired: false, needsMail: true)
            {
                ["frontend"] = "null",
            },
        },
        new("POST /api/users/me/email/confirm", "live account:write", "200 400 401 403 413 415 500 503",
            "AccountResponse")
        {
            OperationId = "confirmEmail",
            Body = new("ConfirmEmailCommand", 401, needsMail: true)
            {
                ["flowToken"] = "\"x\"", ["code"] = "\"x\"", ["token"] = "null",
            },
        },
        new("GET /api/users/me/second-factors", "read account:read", "200 401 403 500 503", "SecondFactorsResponse")
        {
            OperationId = "getSecondFactors",
        },
        new("PUT /api/users/me/second-factors", "recent account:write", "200 400 401 403 409 413 415 500 503",
            "SecondFactorsResponse")
        {
            OperationId = "requireSecondFactor",
            Body = new("RequireSecondFactorCommand", 409) { ["required"] = "true" },
        },
        new("POST /api/users/me/totp", "recent account:write", "200 401 403 409 500 503", "TotpSetupResponse")
        {
            OperationId = "beginTotp",
        },
        new("PUT /api/users/me/totp", "recent account:write", "200 400 401 403 409 413 415 500 503",
            "NewRecoveryCodes")
        {
            OperationId = "setUpTotp",
            Body = new("SetUpTotpCommand", 401) { ["setupToken"] = "\"x\"", ["code"] = "\"x\"" },
        },
        new("DELETE /api/users/me/totp", "recent account:write", "204 401 403 500 503")
        {
            OperationId = "removeTotp",
        },
        new("POST /api/users/me/recovery-codes", "recent account:write", "200 401 403 409 500 503",
            "NewRecoveryCodes") { OperationId = "createRecoveryCodes" },
        new("GET /api/users/me/passkeys", "read account:read", "200 401 403 500 503", "PasskeyListResponse")
        {
            OperationId = "listPasskeys",
        },
        new("POST /api/users/me/passkeys/options", "recent account:write", "200 401 403 409 500 503",
            "PasskeyOptions") { OperationId = "beginPasskey" },
        new("POST /api/users/me/passkeys", "recent account:write", "201 400 401 403 409 413 415 500 503",
            "PasskeyResponse")
        {
            OperationId = "addPasskey",
            Body = new("RegisterPasskeyCommand", 401)
            {
                ["state"] = "\"x\"", ["credential"] = "{}", ["name"] = "\"Phone\"",
            },
        },
        new("PATCH /api/users/me/passkeys/{id}", "live account:write", "200 400 401 403 404 413 415 500 503",
            "PasskeyResponse", "path id!")
        {
            OperationId = "renamePasskey",
            Body = new("RenamePasskeyCommand", 404) { ["name"] = "\"Phone\"" },
        },
        new(
            "DELETE /api/users/me/passkeys/{id}",
            "recent account:write",
            "204 401 403 404 500 503",
            Parameters: "path id!") { OperationId = "removePasskey" },
        new("GET /api/users/me/activity", "read account:read", "200 400 401 403 500 503", "ActivityPage",
            "query limit, query after") { OperationId = "listActivity" },
        new("GET /api/users/me/sessions", "read account:read", "200 401 403 500 503", "SessionList")
        {
            OperationId = "listSessions",
        },
        new(
            "DELETE /api/users/me/sessions",
            "live account:write",
            "204 400 401 403 500 503",
            Parameters: "query except") { OperationId = "endSessions" },
        new(
            "DELETE /api/users/me/sessions/{id}",
            "live account:write",
            "204 401 403 404 500 503",
            Parameters: "path id!") { OperationId = "endSession" },
        new("GET /api/admin/users", "read users:read", "200 400 401 403 500 503", "ManagedAccountPage",
            "query email, query limit, query after") { OperationId = "adminListUsers" },
        new("GET /api/admin/users/{id}", "read users:read", "200 401 403 404 500 503", "ManagedAccountResponse",
            "path id!") { OperationId = "adminGetUser" },
        new(
            "DELETE /api/admin/users/{id}",
            "recent users:write",
            "204 401 403 404 409 500 503",
            Parameters: "path id!") { OperationId = "adminDeleteUser" },
        new(
            "POST /api/admin/users/{id}/lock",
            "live users:write",
            "204 401 403 404 409 500 503",
            Parameters: "path id!") { OperationId = "adminLockUser" },
        new("POST /api/admin/users/{id}/unlock", "live users:write", "204 401 403 404 500 503", Parameters: "path id!")
        {
            OperationId = "adminUnlockUser",
        },
        new(
            "DELETE /api/admin/users/{id}/sessions",
            "live users:write",
            "204 401 403 404 500 503",
            Parameters: "path id!") { OperationId = "adminEndUserSessions" },
        new(
            "DELETE /api/admin/users/{id}/second-factors",
            "recent users:write",
            "204 401 403 404 500 503",
            Parameters: "path id!") { OperationId = "adminResetUserSecondFactors" },
        new("PUT /api/admin/users/{id}/roles", "recent users:write", "200 400 401 403 404 409 413 415 500 503",
            "ManagedAccountResponse", "path id!")
        {
            OperationId = "adminSetUserRoles",
            Body = new("SetRolesCommand", 200) { ["roles"] = "[]" },
        },
        new("GET /api/admin/users/{id}/activity", "read users:read", "200 400 401 403 404 500 503", "ActivityPage",
            "path id!, query limit, query after") { OperationId = "adminListUserActivity" },
        new("POST /oauth/introspect", "client", "200 400 401 413 415 500 503", "IntrospectionResponse")
        {
            OperationId = "introspectToken",
        },
        new("POST /oauth/revoke", "client", "200 400 401 413 415 500 503") { OperationId = "revokeToken" },
        new("GET /.well-known/jwks.json", "nothing", "200 500", "JsonWebKeySet") { OperationId = "getKeys" },
        new("GET /.well-known/openid-configuration", "nothing", "200 500", "AuthorizationServerMetadata")
        {
            OperationId = "getOpenIdConfiguration",
        },
        new("GET /.well-known/oauth-authorization-server", "nothing", "200 500", "AuthorizationServerMetadata")
        {
            OperationId = "getAuthorizationServerMetadata",
        },
    ];

    /// <summary>The routes under <c>/api</c>, whose errors are problem documents.</summary>
    public static IEnumerable<Route> Api =>
        Routes.Where(route => route.Path.StartsWith("/api/", StringComparison.Ordinal));

    /// <summary>The routes that are limited for each client address.</summary>
    public static IEnumerable<Route> Limited =>
        Routes.Where(route => route.Path.StartsWith("/api/auth/", StringComparison.Ordinal));

    public static IEnumerable<Route> Admin => Routes.Where(route => route.IsForAdmins);

    /// <param name="Request">Method and path, such as <c>GET /api/admin/users/{id}</c>.</param>
    /// <param name="Asks">
    /// What it asks of its caller: <c>nothing</c>, <c>client</c>, <c>token</c>, or a kind of proof and its scope.
    /// </param>
    /// <param name="Statuses">The statuses of its answers.</param>
    /// <param name="Response">
    /// The schema of a successful answer; null where it has no body in JSON, or the document names none.
    /// </param>
    /// <param name="Parameters">As the document has them, a required one with <c>!</c>.</param>
    internal sealed record Route(
        string Request, string Asks, string Statuses, string? Response = null, string Parameters = "")
    {
        public string Method => Request.Split(' ')[0];

        public string Path => Request.Split(' ')[1];

        /// <summary>Its name in the OpenAPI document. Generated clients have methods of these names.</summary>
        public required string OperationId { get; init; }

        /// <summary>The JSON object that it reads, or null.</summary>
        public JsonBody? Body { get; init; }

        public string Kind => Asks.Split(' ')[0];

        public string? Scope => Asks.Split(' ') is [_, var scope] ? scope : null;

        public bool IsForAdmins => Path.StartsWith("/api/admin/", StringComparison.Ordinal);

        public bool HasId => Path.Contains("{id}", StringComparison.Ordinal);

        public bool IsPaged => Parameters.Contains("query after", StringComparison.Ordinal);

        public override string ToString() => Request;
    }

    /// <summary>
    /// The fields of a JSON object by their names, each with a good value as JSON; <c>EMAIL</c> stands for an address
    /// without an account.
    /// </summary>
    /// <param name="schema">Its name in the document.</param>
    /// <param name="status">The status of the answer to these values.</param>
    /// <param name="isRequired">Whether the document says that a request must have a body.</param>
    /// <param name="needsMail">Whether the request succeeds only with mail, or with what a mail holds.</param>
    internal sealed class JsonBody(string schema, int status, bool isRequired = true, bool needsMail = false)
        : Dictionary<string, string>
    {
        public string Schema => schema;

        public int Status => status;

        public bool IsRequired => isRequired;

        public bool NeedsMail => needsMail;

        public JsonObject ToJson() =>
            new(this.Select(field => KeyValuePair.Create(field.Key, JsonNode.Parse(field.Value))));
    }
}
