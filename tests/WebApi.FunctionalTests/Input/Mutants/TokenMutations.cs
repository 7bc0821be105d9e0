using System.Buffers.Text;
using System.Text;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>Makes tokens that the service did not issue out of good ones.</summary>
internal static class TokenMutations
{
    /// <summary>An access token whose signature, if it has one, is that of another text.</summary>
    /// <param name="other">Of another session, to take parts from.</param>
    public static string Forge(Random random, string token, string other) => random.Next(7) switch
    {
        0 => ByteMutations.Mutate(random, token),
        1 => Splice(random, token, other),
        2 =>
            Jwt.With(
                token,
                random.Next(3),
                part => Encode(random, ByteMutations.Mutate(random, Base64Url.DecodeFromChars(part)))),
        3 => Jwt.With(token, random.Next(3), part => Respell(random, part)),
        4 => Unsigned(random, Jwt.With(token, 0, part => MutateJson(random, part))),
        _ => Unsigned(random, Jwt.With(token, 1, part => MutateJson(random, part))),
    };

    /// <summary>An access token that the service has not written, under its own key.</summary>
    public static string Resign(Random random, string token, ServiceKey key)
    {
        var (header, payload) = (token.Split('.')[0], token.Split('.')[1]);
        if (random.OneIn(3))
        {
            header = MutatePart(random, header);
        }

        if (random.OneIn(3))
        {
            return key.Sign($"{header}.{payload}");
        }

        return key.Sign($"{header}.{MutatePart(random, payload)}");
    }

    /// <summary>A refresh token with another text.</summary>
    public static string MutateRefreshToken(Random random, TokenPair tokens, TokenPair other)
    {
        var token = tokens.RefreshToken;
        var at = random.Next(1, token.Length);
        return random.Next(8) switch
        {
            0 => token[..at] + other.RefreshToken[at..],
            1 => Encode(random, ByteMutations.Mutate(random, Base64Url.DecodeFromChars(token))),
            2 => Respell(random, token),
            3 => Spaced(random, token),
            4 =>
                random.Of(
                    tokens.AccessToken,
                    tokens.SessionId,
                    token + token,
                    $"Bearer {token}",
                    token.ToUpperInvariant(),
                    ""),
            _ => ByteMutations.Mutate(random, token),
        };
    }

    private static string Splice(Random random, string token, string other)
    {
        var (one, two) = (token.Split('.'), other.Split('.'));
        string[] parts = [random.Of(
            one, two)[random.Next(3)], random.Of(one, two)[random.Next(3)], random.Of(one, two)[random.Next(3)]];
        var at = random.Next(1, Math.Min(token.Length, other.Length));
        return random.Next(4) switch
        {
            0 => token[..at] + other[at..],
            1 => $"{token}.{string.Join('.', two[..random.Next(1, 3)])}",
            2 => string.Join('.', parts.Take(random.Next(1, 4))),
            _ => $"{one[0]}.{one[1]}.{two[2]}",
        };
    }

    private static string MutatePart(Random random, string part) => random.Next(5) switch
    {
        0 => Encode(random, ByteMutations.Mutate(random, Base64Url.DecodeFromChars(part))),
        1 => Respell(random, part),
        _ => MutateJson(random, part),
    };

    private static string MutateJson(Random random, string part) =>
        Encode(random, Encoding.UTF8.GetBytes(
            JsonMutations.Mutate(random, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part)))));

    private static string Unsigned(Random random, string token) =>
        random.OneIn(10) ? Jwt.With(token, 2, _ => "") : token;

    private static string Encode(Random random, byte[] bytes)
    {
        var part = Base64Url.EncodeToString(bytes);
        return random.OneIn(10) ? Respell(random, part) : part;
    }

    /// <summary>The same bytes, or nearly the same, as another base64 would have them.</summary>
    private static string Respell(Random random, string part) => random.Next(5) switch
    {
        0 => part + "=",
        1 => part.PadRight((part.Length + 3) / 4 * 4, '='),
        2 => part.Replace('-', '+').Replace('_', '/'),
        3 => part.Length % 4 > 1 ? Jwt.NonCanonical(part) : part + "A",
        _ => Spaced(random, part),
    };

    private static string Spaced(Random random, string text) =>
        text.Insert(random.Next(text.Length + 1), random.Of(" ", "\t", "\n", "\r\n", "\u00a0"));
}
