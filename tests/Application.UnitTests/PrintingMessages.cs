using System.Reflection;
using System.Runtime.CompilerServices;
using CleanJwt.Application.Sessions;

namespace CleanJwt.Application.UnitTests;

/// <summary>
/// No record prints a password or a token. The test finds new records by the names of their properties.
/// </summary>
internal sealed class PrintingMessages
{
    private const string Secret = "a secret that nobody may read";

    private static readonly string[] SecretNames = ["Password", "Token", "Secret"];

    private static IEnumerable<Type> TypesWithSecrets =>
        typeof(LoginCommand).Assembly.GetTypes().Where(type => SecretsOf(type).Any());

    [TestCaseSource(nameof(TypesWithSecrets))]
    public void TypeWithASecret_DoesNotPrintIt(Type type) =>
        Assert.That(PrintWithSecretsIn(type), Does.Not.Contain(Secret));

    [Test]
    public void MessagesOfToday_AreAmongThem() =>
        Assert.That(TypesWithSecrets.Select(type => type.Name), Is.SupersetOf(new[]
        {
            "RegisterCommand", "LoginCommand", "RefreshCommand", "LogoutCommand", "ReauthenticateCommand",
            "ChangePasswordCommand",
            "SetPasswordCommand", "AddAdminCommand", "IntrospectQuery", "RevokeTokenCommand", "ClientOptions",
            "Tokens", "IssuedAccessToken",
        }));

    [Test]
    public void RecordThatPrintsItself_WouldBeFound() =>
        Assert.That(PrintWithSecretsIn(typeof(Careless)), Does.Contain(Secret));

    private static IEnumerable<FieldInfo> SecretsOf(Type type) =>
        from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        where property.PropertyType == typeof(string)
        where SecretNames.Any(name => property.Name.Contains(name, StringComparison.Ordinal))
        let field = type.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)
        where field is not null
        select field;

    private static string? PrintWithSecretsIn(Type type)
    {
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in SecretsOf(type))
        {
            field.SetValue(instance, Secret);
        }

        return instance.ToString();
    }

    private sealed record Careless(string Password);
}
