using CleanJwt.WebApi.FunctionalTests.Support;
using OtpNet;

namespace CleanJwt.WebApi.FunctionalTests.SecondFactors;

/// <summary>A thief of the database finds no second factor in it.</summary>
internal sealed class StoredFactors
{
    [Test]
    public async Task SecretsAndRecoveryCodes_AreInNoColumn()
    {
        await using var app = new CleanJwtApp();
        var owner = await app.LoginAsync();
        var phone = await app.CreateClient(owner.AccessToken).SetUpTotpAsync(app.Time.GetUtcNow());
        var bytes = Base32Encoding.ToBytes(phone.Secret);
        string[] secrets =
        [
            phone.Secret, Convert.ToHexString(bytes), Convert.ToBase64String(bytes), .. phone.RecoveryCodes,
            .. phone.RecoveryCodes.Select(code => code.Replace("-", "", StringComparison.Ordinal)),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(secrets.SelectMany(app.ColumnsHolding), Is.Empty);
            Assert.That(app.ColumnsHolding(owner.AccountId), Does.Contain("Totps.AccountId"), "it looks at all tables");
            Assert.That(
                ((byte[])app.Sql("SELECT ProtectedSecret FROM Totps")!).AsSpan().IndexOf(bytes), Is.Negative);
        }
    }
}
