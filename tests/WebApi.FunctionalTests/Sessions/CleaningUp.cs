using CleanJwt.WebApi.FunctionalTests.Support;

namespace CleanJwt.WebApi.FunctionalTests.Sessions;

/// <summary>What is long over is deleted by the service itself as time passes.</summary>
internal sealed class CleaningUp
{
    private const int Patience = 10_000;
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(10);

    [Test]
    public async Task SessionsThatAreLongOver_GoByThemselves()
    {
        await using var app = new CleanJwtApp();
        var email = await app.RegisterAsync();
        var (ended, expired) = (await app.LoginAsync(email), await app.LoginAsync(email));
        await app.CreateClient().LogoutAsync(ended);

        // Ended an hour before the other, so the next round deletes it. That it is gone says that there was a round.
        var marker = await app.LoginAsync(email);
        await app.CreateClient().LogoutAsync(marker);
        app.Sql("UPDATE Sessions SET EndedAt = datetime(EndedAt, '-1 hour') WHERE lower(Id) = @p0", marker.SessionId);

        app.Time.Advance(TimeSpan.FromDays(30));
        Assert.That(() => Exists(app, marker), Is.False.After(Patience, 20));
        Assert.That(Exists(app, ended), Is.True, "it is over for exactly 30 days");

        app.Time.Advance(Round);
        Assert.That(() => Exists(app, ended), Is.False.After(Patience, 20));
        Assert.That(Exists(app, expired), Is.True, "it has been over for 16 days");

        app.Time.Advance(TimeSpan.FromDays(14));
        Assert.That(() => Exists(app, expired), Is.False.After(Patience, 20));
        Assert.That(app.Sql("SELECT COUNT(*) FROM Sessions"), Is.Zero);
        await (await app.RefreshAsync(expired.RefreshToken)).ShouldBeProblemAsync(401, "invalid-refresh-token");
        await app.LoginAsync(email);
    }

    [Test]
    public async Task RevocationsPastTheirTime_GoByThemselves()
    {
        await using var app = new CleanJwtApp();
        var tokens = await app.LoginAsync();
        await app.CreateClient().LogoutAsync(tokens);
        app.Sql(
            "INSERT INTO Revocations (SessionId, KeepUntil) VALUES (@p0, '2020-01-01 00:00:00.000')", Guid.NewGuid());
        Assert.That(app.Sql("SELECT COUNT(*) FROM Revocations"), Is.EqualTo(2));

        app.Time.Advance(Round);
        Assert.That(() => app.Sql("SELECT COUNT(*) FROM Revocations"), Is.EqualTo(1).After(Patience, 20));
        Assert.That(
            app.Sql("SELECT lower(SessionId) FROM Revocations"),
            Is.EqualTo(tokens.SessionId),
            "it is to be kept for 65 minutes");
        await (await app.CreateClient().AskAsync(tokens.AccessToken)).ShouldBeAsync(401);
    }

    private static bool Exists(CleanJwtApp app, TokenPair session) =>
        app.Sql("SELECT COUNT(*) FROM Sessions WHERE lower(Id) = @p0", session.SessionId) is 1L;
}
