using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using CleanJwt.WebApi.FunctionalTests.Support;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.WebApi.FunctionalTests;

/// <summary>Many sign up at once.</summary>
internal sealed class ParallelRegistration
{
    [Test]
    public async Task OneAddressFiftyTimes_MakesOneAccount()
    {
        await using var app = new CleanJwtApp();
        var email = CleanJwtApp.UniqueEmail();
        var client = app.CreateClient();
        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(() => client.PostAsJsonAsync(
            "/api/auth/register",
            new { email = number % 2 == 0 ? email : email.ToUpperInvariant(), password = $"{CleanJwtApp.Password} {number}" }))));

        foreach (var refused in responses.Where(response => response.StatusCode != HttpStatusCode.Created))
        {
            await refused.ShouldBeProblemAsync(409, "email-taken");
        }

        Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(app.Sql("SELECT COUNT(*) FROM AspNetUsers"), Is.EqualTo(1));

        // The password is that of whoever was told so.
        var winner = Array.FindIndex(responses, response => response.StatusCode == HttpStatusCode.Created);
        await (await client.PostAsJsonAsync("/api/auth/login", new { email, password = $"{CleanJwtApp.Password} {winner}" })).ShouldBeAsync(200);
    }

    // Hashing, one after the other, keeps the registrations above from meeting. Here all have looked, and found the address free, before one stores it.
    [Test]
    public async Task OneAddressThatAllFoundFree_MakesOneAccount()
    {
        const int Count = 10;
        var meeting = new Meeting(Count);
        await using var app = new CleanJwtApp(configure: services => services.AddSingleton<IInterceptor>(meeting));
        var email = CleanJwtApp.UniqueEmail();
        var responses = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Task.Run(() =>
            app.CreateClient().PostAsJsonAsync("/api/auth/register", new { email, password = CleanJwtApp.Password }))));

        Assert.That(meeting.Arrived, Is.EqualTo(Count));
        foreach (var refused in responses.Where(response => response.StatusCode != HttpStatusCode.Created))
        {
            await refused.ShouldBeProblemAsync(409, "email-taken");
        }

        Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Created), Is.EqualTo(1));
    }

    /// <summary>Lets nobody store an account until all of them are about to.</summary>
    private sealed class Meeting(int count) : DbCommandInterceptor
    {
        private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public int Arrived => _arrived;

        public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            await MeetAsync(command);
            return result;
        }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            await MeetAsync(command);
            return result;
        }

        private async Task MeetAsync(DbCommand command)
        {
            if (!command.CommandText.Contains("INSERT INTO \"AspNetUsers\"", StringComparison.Ordinal))
            {
                return;
            }

            if (Interlocked.Increment(ref _arrived) == count)
            {
                _complete.SetResult();
            }

            await _complete.Task.WaitAsync(Timeout);
        }
    }
}
