using System.Globalization;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.WebApi.Commands;

/// <summary>The commands that show and change the signing keys, also while nodes are running.</summary>
internal static class KeyCommands
{
    private const int Succeeded = 0;
    private const int NothingChanged = 1;

    public static Task<int> ListAsync(IServiceProvider services) => OfDatabaseAsync(services, async administration =>
    {
        Console.WriteLine($"{"kid",-44} {"algorithm",-10} {"state",-9} {"signs from (UTC)",-20} last token expires (UTC)");
        foreach (var key in await administration.ListAsync())
        {
            Console.WriteLine($"{key.KeyId,-44} {key.Algorithm,-10} {key.State,-9} {Time(key.SignsFrom),-20} {(key.LastTokenExpiresAt is { } at ? Time(at) : "-")}");
        }

        return Succeeded;
    });

    public static Task<int> RotateAsync(IServiceProvider services) => OfDatabaseAsync(services, async administration =>
    {
        await administration.RotateAsync();
        Console.WriteLine("The next signing key is published, and signs in 10 seconds. Tokens under the one before stay good until they expire.");
        return Succeeded;
    });

    public static Task<int> RetireAsync(IServiceProvider services, string keyId) => OfDatabaseAsync(services, async administration =>
    {
        if (await administration.RetireAsync(keyId))
        {
            Console.WriteLine("No token under that key is accepted any more, on any node, within a second. Sessions go on: clients refresh.");
            return Succeeded;
        }

        await Console.Error.WriteLineAsync($"There is no signing key '{keyId}'; 'keys list' shows them.");
        return NothingChanged;
    });

    private static async Task<int> OfDatabaseAsync(IServiceProvider services, Func<SigningKeyAdministration, Task<int>> run)
    {
        var administration = services.GetRequiredService<SigningKeyAdministration>();
        if (!administration.AreFiles)
        {
            return await run(administration);
        }

        await Console.Error.WriteLineAsync("The signing keys are the files of Jwt:KeyFiles: change that setting, and restart every node.");
        return NothingChanged;
    }

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
