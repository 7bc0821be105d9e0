// Made by `npm run types` from the OpenAPI document of the service. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account. */
        AccountResponse: {
            /**
             * Format: uuid
             * @description The id of the account.
             */
            id: string;
            /** @description The email address. */
            email: string;
            /** @description Whether the owner has proved that the address is theirs. */
            emailConfirmed: boolean;
            /** @description The name to show. Null when the owner chose none. */
            displayName: null | string;
            /** @description The roles of the account, such as `admin`. */
            roles: string[];
            /**
             * Format: date-time
             * @description The time of the registration.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time of the last change.
             */
            updatedAt: string;
        };
        /** @description A page of audit entries of an account, newest first. */
        ActivityPage: {
            /** @description The entries of this page. */
            items: components["schemas"]["ActivityResponse"][];
            /** @description The value to send as `after` for the next page. Null on the last page. */
            next: null | string;
        };
        /** @description An audit entry: one action on an account. */
        ActivityResponse: {
            /**
             * Format: uuid
             * @description The id of the entry.
             */
            id: string;
            /**
             * Format: date-time
             * @description The time of the action.
             */
            at: string;
            /** @description The name of the action, such as `login` or `change-password`. */
            action: string;
            /** @description `success` or `failure`. */
            outcome: string;
            /**
             * Format: uuid
             * @description The session that performed the action, or that a sign-in started. Null when there was no session, and for an action
             *     of an administrator on the account.
             */
            sessionId: null | string;
            /** @description The address of the client. Null for an action of an administrator on the account. */
            ipAddress: null | string;
            /** @description The `User-Agent` header of the client. Null for an action of an administrator on the account. */
            userAgent: null | string;
        };
        /**
         * @description The metadata of the service (RFC 8414, OpenID Connect Discovery). Both require some members that are empty here or
         *     hold the minimum, because there is no OAuth authorization endpoint and no token endpoint.
         */
        AuthorizationServerMetadata: {
            /** @description The `iss` of every token. */
            issuer: string;
            /** @description The address of the public keys. */
            jwks_uri: string;
            /** @description The address for introspecting tokens (RFC 7662). */
            introspection_endpoint: string;
            /** @description The ways in which another service authenticates there. */
            introspection_endpoint_auth_methods_supported: string[];
            /** @description The address for revoking tokens (RFC 7009). */
            revocation_endpoint: string;
            /** @description The ways in which another service authenticates there. */
            revocation_endpoint_auth_methods_supported: string[];
            /** @description All scopes. */
            scopes_supported: string[];
            /** @description Empty. */
            response_types_supported: string[];
            /** @description Empty. */
            grant_types_supported: string[];
            /** @description Always `public`: every service sees the same account ids. */
            subject_types_supported: string[];
            /** @description The algorithms of the published keys. */
            id_token_signing_alg_values_supported: string[];
            /** @description What a sign-in can prove, the weakest first (RFC 9470, section 7). */
            acr_values_supported: string[];
        };
        /**
         * @description Begins a proof by a passkey. Without an MFA token and without a caller, the options are for a sign-in: they name no
         *     account, and the database is not asked.
         */
        BeginPasskeyProofCommand: {
            /** @description The token of a sign-in that waits for a second factor. */
            mfaToken?: null | string;
        };
        /** @description Changes the password of the caller's account, and ends its other sessions. */
        ChangePasswordCommand: {
            /** @description Proves that the owner makes the request, and not a person who found the device. */
            currentPassword: string;
            /**
             * @description 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
             *     before the @.
             */
            newPassword: string;
        };
        /** @description Confirms the address of the caller's account. A second time changes nothing. */
        ConfirmEmailCommand: {
            /** @description The flow token of the request for the mail. */
            flowToken?: null | string;
            /** @description The code from the mail. Spaces, dashes and case do not count. */
            code?: null | string;
            /** @description The token from the link of the mail, instead of a flow token and a code. */
            token?: null | string;
        };
        /** @description Creates the account of a sign-up whose address is proved, and signs in to it. */
        ConfirmRegistrationCommand: {
            /** @description The flow token of the sign-up. It holds the password and the display name. */
            flowToken?: null | string;
            /** @description The code from the mail. Spaces, dashes and case do not count. */
            code?: null | string;
            /** @description The token from the link of the mail, instead of a flow token and a code. */
            token?: null | string;
            /** @description The password of the new account. Needed with `token`, and with it only. */
            password?: null | string;
            /** @description The name of the new account. Used with `token` only. */
            displayName?: null | string;
            /** @description The scopes of the session, as at a sign-in. Absent grants all scopes that the account may have. */
            scope?: null | string;
        };
        /** @description A sign-up whose address must be confirmed before there is an account. */
        ConfirmationRequired: {
            /** @description Always `confirmation-required`. */
            status: string;
            /** @description An opaque token. Send it back with the code from the mail. */
            flowToken: string;
            /**
             * Format: int64
             * @description The seconds for which the code and the link are valid.
             */
            expiresIn: number;
        };
        /** @description A new account and the tokens of its first session. */
        ConfirmedRegistrationResponse: {
            account: components["schemas"]["AccountResponse"];
            tokens: components["schemas"]["Tokens"];
        };
        /** @description The answer to a request for a mail. It is the same whether the address has an account or not. */
        FlowTicket: {
            /** @description An opaque token. Send it back with the code from the mail. */
            flowToken: string;
            /**
             * Format: int64
             * @description The seconds for which the code and the link are valid.
             */
            expiresIn: number;
        };
        /** @description Asks for a mail with which a forgotten password can be replaced. */
        ForgotPasswordCommand: {
            /** @description The address of the account. */
            email: string;
            /** @description The name of the frontend that the link of the mail leads to. */
            frontend?: null | string;
        };
        /** @description The content of a token (RFC 7662, section 2.2). For an inactive token, only `active` is set. */
        IntrospectionResponse: {
            /** @description Whether the token is valid now. */
            active: boolean;
            /** @description The scopes, separated by spaces. */
            scope?: string;
            /** @description The client that the token was issued to: the value of `Jwt:ClientId`. */
            client_id?: string;
            /** @description `Bearer` for an access token. Absent for a refresh token. */
            token_type?: string;
            /**
             * Format: int64
             * @description The time of expiry, in seconds since 1970. For a refresh token, the session ends then unless it is refreshed.
             */
            exp?: number;
            /**
             * Format: int64
             * @description The time at which an access token was issued, in seconds since 1970.
             */
            iat?: number;
            /**
             * Format: int64
             * @description The time from which an access token is valid, in seconds since 1970.
             */
            nbf?: number;
            /** @description The id of an access token. */
            jti?: string;
            /** @description The issuer. */
            iss?: string;
            /** @description The audience of an access token. */
            aud?: string;
            /**
             * Format: uuid
             * @description The id of the account.
             */
            sub?: string;
            /**
             * Format: uuid
             * @description The id of the session.
             */
            sid?: string;
            /**
             * Format: int64
             * @description The time at which the owner last authenticated, in seconds since 1970.
             */
            auth_time?: number;
            /** @description What the owner proved then, such as `urn:cleanjwt:acr:two-factor` (RFC 9470). */
            acr?: string;
            /** @description The methods of that authentication (RFC 8176). */
            amr?: string[];
            /** @description The roles in an access token. Absent when there are none. */
            roles?: string[];
        };
        JsonElement: unknown;
        /** @description A public key (RFC 7517). The key of an elliptic curve has a curve and a point. An RSA key has two numbers. */
        JsonWebKey: {
            /** @description `EC` or `RSA`. */
            kty: string;
            /** @description Always `sig`. */
            use: string;
            /** @description The algorithm of the signatures, such as `ES256`. */
            alg: string;
            /** @description The id of the key, as in the header of a token. */
            kid: string;
            /** @description The curve. */
            crv?: string;
            /** @description The x coordinate of the point. */
            x?: string;
            /** @description The y coordinate of the point. */
            y?: string;
            /** @description The modulus. */
            n?: string;
            /** @description The exponent. */
            e?: string;
        };
        /** @description The public keys of the service (RFC 7517). */
        JsonWebKeySet: {
            /** @description The signing key, then the keys that will sign next, then the retired keys whose tokens may still be valid. */
            keys: components["schemas"]["JsonWebKey"][];
        };
        /**
         * @description Exchanges an email address and a password for a session and its tokens. For an account that needs a second factor,
         *     the outcome is a demand for one.
         */
        LoginCommand: {
            /** @description Upper and lower case count as the same, and surrounding white space is ignored. */
            email: string;
            /** @description Compared after Unicode normalization (NFC). */
            password: string;
            /**
             * @description Names of scopes with spaces between, such as `account:read account:write`. The session keeps them. Absent
             *     grants all scopes that the account may have, and the session also gets those that a later version adds.
             */
            scope?: null | string;
        };
        /** @description Signs in by a passkey, without an address and without a password. */
        LoginWithPasskeyCommand: {
            /** @description The `state` of the options, unchanged. It can be used once. */
            state: string;
            /** @description What `PublicKeyCredential.toJSON()` gives. */
            credential: components["schemas"]["JsonElement"];
            /** @description The scopes of the session, as at a sign-in by password. Absent grants all that the account may have. */
            scope?: null | string;
        };
        /** @description Finishes a sign-in that waits for a second factor. Send one of the three factors. */
        LoginWithSecondFactorCommand: {
            /** @description The token of the demand. It can be used once; a wrong code does not use it up. */
            mfaToken: string;
            /** @description Six digits of the authenticator app. White space does not count. */
            code?: null | string;
            /** @description One of the recovery codes. Spaces, dashes and case do not count. */
            recoveryCode?: null | string;
            passkey?: null | components["schemas"]["PresentedPasskey"];
        };
        /**
         * @description Ends the session of the refresh token, in the body or in a cookie, of the access token, or both. The sessions may
         *     differ, and may already be over.
         */
        LogoutCommand: {
            refreshToken?: null | string;
        };
        /** @description A page of accounts, newest first. */
        ManagedAccountPage: {
            /** @description The accounts of this page. */
            items: components["schemas"]["ManagedAccountResponse"][];
            /** @description The value to send as `after` for the next page. Null on the last page. */
            next: null | string;
        };
        /** @description An account as administrators see it. */
        ManagedAccountResponse: {
            /**
             * Format: uuid
             * @description The id of the account.
             */
            id: string;
            /** @description The email address. */
            email: string;
            /** @description Whether the owner has proved that the address is theirs. */
            emailConfirmed: boolean;
            /** @description The name to show. Null when the owner chose none. */
            displayName: null | string;
            /** @description The roles of the account, such as `admin`. */
            roles: string[];
            /**
             * Format: date-time
             * @description The time of the registration.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time of the last change.
             */
            updatedAt: string;
            /** @description Whether the account can't sign in. */
            locked: boolean;
        };
        /** @description Recovery codes, which are shown this one time. */
        NewRecoveryCodes: {
            /** @description Ten codes. Null where the account has codes already. */
            recoveryCodes: null | string[];
        };
        /** @description The body of every error under `/oauth` (RFC 6749, section 5.2). */
        OAuthError: {
            /** @description `invalid_request`, `invalid_client`, `temporarily_unavailable` or `server_error`. */
            error: string;
            /** @description An explanation for developers. */
            error_description: string;
        };
        /** @description The passkeys of an account. */
        PasskeyListResponse: {
            /** @description The passkeys, newest first. */
            items: components["schemas"]["PasskeyResponse"][];
            /** @description The argument of `PublicKeyCredential.signalAllAcceptedCredentials`. */
            signal: components["schemas"]["PasskeySignal"];
        };
        /** @description What a browser needs to ask an authenticator. */
        PasskeyOptions: {
            /** @description An opaque text. Send it back with the answer. */
            state: string;
            /**
             * @description The JSON form of WebAuthn, for `PublicKeyCredential.parseCreationOptionsFromJSON` or
             *     `parseRequestOptionsFromJSON`.
             */
            options: components["schemas"]["JsonElement"];
            /**
             * Format: int64
             * @description The seconds for which the answer counts.
             */
            expiresIn: number;
        };
        /** @description A passkey. */
        PasskeyResponse: {
            /**
             * Format: uuid
             * @description The id of the passkey in this API.
             */
            id: string;
            /** @description The name that its owner sees. */
            name: string;
            /**
             * Format: date-time
             * @description The time of the registration.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time of the last sign-in by it. Null until there is one.
             */
            lastUsedAt: null | string;
            /** @description Whether its key can be stored on several devices. */
            synced: boolean;
            /** @description Whether its key is stored on several devices now. */
            backedUp: boolean;
            /** @description How a browser reaches it, such as `internal` or `usb`. */
            transports: string[];
        };
        /** @description What a browser tells password managers about an account's passkeys (WebAuthn, section 5.1.10). */
        PasskeySignal: {
            /** @description The domain that the passkeys belong to. */
            rpId: string;
            /** @description The user handle of the account, in base64url. */
            userId: string;
            /** @description The ids of all passkeys of the account, in base64url. */
            allAcceptedCredentialIds: string[];
        };
        /** @description The answer of an authenticator, and the state of the options that it answers. */
        PresentedPasskey: {
            /** @description The `state` of the options, unchanged. */
            state: string;
            /** @description What `PublicKeyCredential.toJSON()` gives. */
            credential: components["schemas"]["JsonElement"];
        };
        /** @description A problem document (RFC 9457): the body of every error. */
        Problem: {
            /** @description `urn:cleanjwt:problem:` followed by the code. */
            type: string;
            /** @description The kind of error in a few words. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What the client can do about the error. */
            detail: string;
            /** @description The stable name of the error. Clients should branch on it. */
            code: string;
            /** @description The id by which the operator finds the request in the log. */
            traceId: string;
            /** @description The messages by field name. Only the code `validation-failed` has them. */
            errors?: {
                [key: string]: string[];
            };
            /**
             * @description The ways to prove a second factor: `totp`, `recovery-code`, `passkey`. Only the code
             *     `second-factor-required` of `/api/auth/reauthenticate` has them.
             */
            methods?: string[];
        };
        /**
         * @description Authenticates the owner again within a session, for requests that need a recent sign-in or a stronger one. The
         *     current refresh token stays valid. The request proves what a sign-in of the account does, or a passkey alone.
         */
        ReauthenticateCommand: {
            /** @description Absent where a passkey alone is the proof. */
            password?: null | string;
            /** @description Six digits of the authenticator app. White space does not count. */
            code?: null | string;
            /** @description One of the recovery codes. Spaces, dashes and case do not count. */
            recoveryCode?: null | string;
            passkey?: null | components["schemas"]["PresentedPasskey"];
        };
        /** @description The recovery codes of an account. */
        RecoveryCodesResponse: {
            /**
             * Format: int32
             * @description The number of codes that were not used yet.
             */
            left: number;
            /**
             * Format: date-time
             * @description The time at which they were made.
             */
            createdAt: string;
        };
        /** @description Exchanges a refresh token for the next two tokens. A refresh token can be used once. */
        RefreshCommand: {
            /** @description The refresh token. Absent where a cookie holds it. */
            refreshToken?: null | string;
            /** @description Narrows the scopes of this one access token. Absent grants all scopes of the session. */
            scope?: null | string;
            /**
             * @description False asks for an access token alone, so that the refresh token in the cookie is not spent. Servers that render
             *     pages need that. Only a refresh token in a cookie takes it.
             */
            rotate?: null | boolean;
        };
        /** @description Creates an account, or asks for a mail with which the owner of the address can create it. */
        RegisterCommand: {
            /** @description One address of 3 to 254 characters. Surrounding white space is removed. */
            email: string;
            /**
             * @description 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
             *     before the @.
             */
            password: string;
            /** @description At most 100 characters on one line. */
            displayName?: null | string;
            /** @description The name of the frontend that the link of the mail leads to. */
            frontend?: null | string;
        };
        /** @description Adds a passkey to the caller's account. */
        RegisterPasskeyCommand: {
            /** @description The `state` of the options, unchanged. */
            state: string;
            /** @description What `PublicKeyCredential.toJSON()` gives. */
            credential: components["schemas"]["JsonElement"];
            /** @description A name for the owner, of at most 100 characters. Absent names the browser and the system of the request. */
            name?: null | string;
        };
        /** @description Renames a passkey of the caller's account. */
        RenamePasskeyCommand: {
            /** @description 1 to 100 characters, as display names have them. */
            name: string;
        };
        /** @description Asks for a mail with which the caller can confirm the address of their account. */
        RequestEmailConfirmationCommand: {
            /** @description The name of the frontend that the link of the mail leads to. */
            frontend?: null | string;
        };
        /**
         * @description Turns the second factor on or off for an account that has passkeys and no authenticator app. Where that changes
         *     something, the other sessions of the account end.
         */
        RequireSecondFactorCommand: {
            /** @description Whether a sign-in by password asks for a second factor. */
            required: null | boolean;
        };
        /** @description Asks for the mail of a sign-up once more. The code and the link of the earlier mail stay valid. */
        ResendConfirmationCommand: {
            /** @description The flow token of the sign-up. */
            flowToken: string;
            /** @description The name of the frontend that the link leads to. Absent means that of the sign-up. */
            frontend?: null | string;
        };
        /** @description Replaces a forgotten password, ends every session of the account and confirms its address. */
        ResetPasswordCommand: {
            /**
             * @description 12 to 128 characters of any kind. It must not be a commonly used password, nor contain the part of the email address
             *     before the @.
             */
            newPassword: string;
            /** @description The flow token of the request for the mail. */
            flowToken?: null | string;
            /** @description The code from the mail. Spaces, dashes and case do not count. */
            code?: null | string;
            /** @description The token from the link of the mail, instead of a flow token and a code. */
            token?: null | string;
        };
        /** @description A sign-in that waits for a second factor. */
        SecondFactorDemand: {
            /** @description Always `second-factor-required`. */
            status: string;
            /** @description An opaque token. Send it with the second factor. */
            mfaToken: string;
            /**
             * Format: int64
             * @description The seconds for which the token counts.
             */
            expiresIn: number;
            /** @description The ways in which the account can prove a second factor: `totp`, `recovery-code`, `passkey`. */
            methods: string[];
        };
        /** @description The second factors of an account. */
        SecondFactorsResponse: {
            /** @description Whether a sign-in by password asks for a second factor. */
            required: boolean;
            totp: null | components["schemas"]["TotpResponse"];
            recoveryCodes: null | components["schemas"]["RecoveryCodesResponse"];
            /**
             * Format: int32
             * @description The number of passkeys.
             */
            passkeys: number;
        };
        /** @description The live sessions of an account. */
        SessionList: {
            /** @description The sessions, newest first. */
            items: components["schemas"]["SessionResponse"][];
        };
        /** @description A session: one sign-in on one device. */
        SessionResponse: {
            /**
             * Format: uuid
             * @description The id of the session.
             */
            id: string;
            /** @description Whether this is the session of the caller. */
            current: boolean;
            /**
             * Format: date-time
             * @description The time of the sign-in.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time at which the session last received tokens.
             */
            lastSeenAt: string;
            /**
             * Format: date-time
             * @description The time at which the session ends unless it is refreshed.
             */
            expiresAt: string;
            /** @description The `User-Agent` header of the sign-in. */
            userAgent: null | string;
            /** @description The address of the client at the sign-in. */
            ipAddress: null | string;
            /** @description The scopes of the session, separated by spaces. */
            scope: string;
        };
        /** @description Replaces the roles of an account and ends its sessions, so that every token from now on carries the new roles. */
        SetRolesCommand: {
            /** @description The new roles. The only known role is `admin`. An empty list removes all roles. */
            roles: string[];
        };
        /** @description Sets up the authenticator app, and ends the other sessions of the account. */
        SetUpTotpCommand: {
            /** @description The token of the first request. */
            setupToken: string;
            /** @description The six digits that the app shows. White space does not count. This code counts as used. */
            code: string;
        };
        /** @description The content of an access token. */
        TokenResponse: {
            /**
             * Format: uuid
             * @description The id of the account.
             */
            sub: string;
            /**
             * Format: uuid
             * @description The id of the session.
             */
            sid: string;
            /** @description The scopes of the token, separated by spaces. */
            scope: string;
            /** @description The roles of the account at the time of issue. */
            roles: string[];
            /**
             * Format: date-time
             * @description The time at which the owner last authenticated.
             */
            authTime: string;
            /** @description What the owner proved then, such as `urn:cleanjwt:acr:two-factor` (RFC 9470). */
            acr: string;
            /** @description The methods of that authentication (RFC 8176). */
            amr: string[];
            /**
             * Format: date-time
             * @description The time at which the token expires.
             */
            expiresAt: string;
        };
        /**
         * @description The way in which a client holds its refresh token. A token that was made for one way does not count in the other.
         * @enum {unknown}
         */
        TokenTransport: "body" | "cookie";
        /** @description The tokens that a sign-in and each refresh answer. */
        Tokens: {
            tokenType: string;
            accessToken: string;
            /**
             * Format: int64
             * @description The lifetime of the access token, in seconds. Zero for a session in its last second: its token has expired on
             *     arrival.
             */
            expiresIn: number;
            /** Format: date-time */
            expiresAt: string;
            /**
             * Format: int64
             * @description The seconds until the session ends, unless it is refreshed before.
             */
            refreshExpiresIn: number;
            /** @description The scopes of this access token, space-separated. */
            scope: string;
            /** Format: uuid */
            sessionId: string;
            /** @description Absent where a cookie holds it. */
            refreshToken?: string;
            /**
             * Format: int32
             * @description The number of recovery codes that are left. Only an answer to the use of one has it.
             */
            recoveryCodesLeft?: number;
        };
        /** @description An authenticator app. */
        TotpResponse: {
            /**
             * Format: date-time
             * @description The time at which it was set up.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time of the last sign-in by it. Null until there is one.
             */
            lastUsedAt: null | string;
        };
        /** @description What an authenticator app needs. */
        TotpSetupResponse: {
            /** @description An opaque token. Send it back with the code that the app shows. */
            setupToken: string;
            /** @description The secret in Base32, for people who can't scan the QR code. */
            secret: string;
            /** @description The address in the QR code, which opens an app on the same device. */
            uri: string;
            /** @description The QR code: a PNG image as a `data:` address. */
            qrCode: string;
            /**
             * Format: int64
             * @description The seconds for which the setup token counts.
             */
            expiresIn: number;
        };
        /** @description Changes the caller's profile. A field that is absent keeps its value. */
        UpdateProfileCommand: {
            /** @description At most 100 characters on one line. Null or empty clears it. */
            displayName?: null | string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
