using System.Text.Json;

namespace CleanJwt.WebApi.FunctionalTests.Support;

/// <summary>Texts that attack a service, or that a careless parser stumbles over.</summary>
/// <param name="Json">As JSON, quotes included.</param>
internal sealed record BadText(string Name, string Json)
{
    public static readonly BadText[] All =
    [
        new("Empty", "\"\""), new("WhiteSpace", "\"  \\t\\r\\n\""), new("Nul", "\"\\u0000\""),
        new("NulInside", "\"a\\u0000b@example.com\""), new("Noncharacter", "\"\\ufffe\\uffff\""),
        new("ReplacementCharacter", "\"\\ufffd\""), new("RightToLeft", "\"\\u202e\""),
        new("Long", $"\"{new string('x', 60_000)}\""),
        new("LongWithAt", $"\"{new string('x', 30_000)}@{new string('y', 30_000)}\""),
        new("ManyCombining", $"\"a{string.Concat(Enumerable.Repeat("\u0301", 20_000))}\""),
        new("Sql", "\"'; DROP TABLE AspNetUsers; --\""), new("SqlOr", "\"' OR '1'='1\""),
        new("SqlUnion", "\"x' union select PasswordHash from AspNetUsers --\""),
        new("SqlOfTwoBytes", "\"\\u00bf' OR 1=1 --\""), new("SqlPattern", "\"%_[a-z]\""),
        new("Html", "\"<script>alert(1)</script>\""), new("Format", "\"{0}%s%n\""),
        new("Template", "\"{{7*7}}${7*7}\""), new("Lookup", "\"${jndi:ldap://127.0.0.1/x}\""),
        new("Path", "\"../../etc/passwd\""), new("Url", "\"http://169.254.169.254/\""),
        new("Header", "\"a\\r\\nSet-Cookie: x=y\""), new("Bcc", "\"a@example.com\\r\\nBcc: b@example.com\""),
        new("Command", "\"`id`;$(id)|id\""), new("Ldap", "\"*)(uid=*))(|(uid=*\""),
        new("Xml", "\"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\""),
        new("Json", "\"{\\\"roles\\\":[\\\"admin\\\"]}\""), new("Emoji", "\"👩‍👩‍👧‍👦\""),
        new("Unassigned", "\"\\u0378\""), new("PrivateUse", "\"\\ue000\""), new("LastCodePoint", "\"\\udbff\\udfff\""),
    ];

    public string Text => JsonSerializer.Deserialize<string>(Json)!;
}
