using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Input.Mutants;

/// <summary>
/// Changes a JSON object member by member. It works on their text, since no serializer writes a member twice or half a
/// surrogate pair.
/// </summary>
internal static class JsonMutations
{
    // What the fields and claims of this service are called, and what could be taken for them.
    private static readonly string[] Names =
    [
        "email", "password", "displayName", "scope", "refreshToken", "currentPassword", "newPassword", "roles", "id",
        "sub", "sid", "aud", "iss", "exp", "nbf",
        "alg", "typ", "kid", "crit", "jwk", "jku", "x5c", "b64", "zip", "client", "caller", "accessToken", "version",
        "__proto__", "$type", "$ref", "\\ud800", "\\u0000", "",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "1e400", "1e-400", "9223372036854775807",
        "9223372036854775808", "99999999999", $"1{new string('0', 400)}", "01", "+1", "NaN",
        "\"\"", "\" \"", "\"x\"", "\"admin\"", "\"account:read account:write users:read users:write\"", "\"none\"",
        "\"HS256\"", "\"RS256\"", "\"JWT\"", "\"at+jwt\"", "\"AT+JWT\"",
        "\"../../../dev/null\"", "\"' OR 1=1 --\"", "\"\\ud800\"", "\"a\\udc00b\"", "\"\\u0000\"", "\"\\ufeff\"",
        "\"\\u202e\"", "\"\\uffff\"", "\"👩‍👩‍👧‍👦\"", "\"a@b.example\"",
        "\"00000000-0000-0000-0000-000000000000\"", "[]", "{}", "[null]", "[\"admin\"]", "[\"exp\"]", "[\"\\ud800\"]",
        "{\"a\":{\"b\":[1]}}", "{\"a\":1,\"a\":2}",
    ];

    public static string Mutate(Random random, string json)
    {
        using var document = JsonDocument.Parse(json);
        List<Member> members =
            [.. document.RootElement.EnumerateObject()
                .Select(member => new Member(JsonSerializer.Serialize(member.Name), member.Value.GetRawText()))];
        for (var times = random.Few(); times > 0; times--)
        {
            Change(random, members);
        }

        return Write(random, members);
    }

    private static void Change(Random random, List<Member> members)
    {
        if (members.Count == 0 || random.OneIn(8))
        {
            members.Insert(
                random.Next(members.Count + 1), new Member($"\"{random.Of<string>(Names)}\"", Value(random)));
            return;
        }

        var at = random.Next(members.Count);
        var member = members[at];
        switch (random.Next(9))
        {
            case 0:
                members.RemoveAt(at);
                break;
            case 1:
                members.Insert(
                    random.Next(members.Count + 1), random.OneIn(2) ? member : member with { Value = Value(random) });
                break;
            case 2:
                members.Insert(random.Next(members.Count + 1), new Member(Respell(member.Name), Value(random)));
                break;
            case 3:
                members[at] = member with { Name = Rename(random, member.Name) };
                break;
            case 4:
                members[at] = member with { Value = ByteMutations.Mutate(random, member.Value) };
                break;
            case 5:
                members[at] = member with { Value = Wrap(random, member.Value) };
                break;
            case 6:
                var other = random.Next(members.Count);
                (members[at], members[other]) = (
                    member with { Value = members[other].Value }, members[other] with { Value = member.Value });
                break;
            default:
                members[at] = member with { Value = Value(random) };
                break;
        }
    }

    // Long ones seldom: most of the time would go into them.
    private static string Value(Random random) => random.Next(100) switch
    {
        0 => $"\"{new string('x', random.Next(1_000, 70_000))}\"",
        1 => $"\"a{string.Concat(Enumerable.Repeat("\u0301", random.Next(100, 10_000)))}\"",
        2 => $"{random.NextInt64(long.MinValue, long.MaxValue)}",
        _ => random.Of<string>(Values),
    };

    private static string Rename(Random random, string name) => random.Next(5) switch
    {
        0 => name.ToUpperInvariant(),
        1 => Respell(name),
        2 => $"\"{random.Of<string>(Names)}\"",
        3 => name.Insert(Math.Min(1, name.Length), " "), // a mutation before may have left nothing
        _ => ByteMutations.Mutate(random, name),
    };

    /// <summary>The same name with its first character escaped.</summary>
    private static string Respell(string name) =>
        name.Length > 2 && name[1] != '\\' ? $"\"\\u{(int)name[1]:x4}{name[2..]}" : name;

    private static string Wrap(Random random, string value)
    {
        var depth = random.OneIn(10) ? random.Next(2, 1_500) : 1;
        return random.OneIn(2)
            ? $"{new string('[', depth)}{value}{new string(']', depth)}"
            : $"{string.Concat(Enumerable.Repeat("{\"x\":", depth))}{value}{new string('}', depth)}";
    }

    private static string Write(Random random, List<Member> members)
    {
        var json = $"{{{string.Join(',', members.Select(member => $"{member.Name}:{member.Value}"))}}}";
        return random.Next(40) switch
        {
            0 => $"[{json}]",
            1 => json + json,
            2 => $"\ufeff{json}",
            3 => $"{json[..^1]},}}",
            4 => $"{json[..^1]}/**/}}",
            5 => $" \r\n\t{json}\n",
            6 => JsonSerializer.Serialize(json),
            7 => Value(random),
            _ => json,
        };
    }

    /// <param name="Name">With its quotes.</param>
    private sealed record Member(string Name, string Value);
}
