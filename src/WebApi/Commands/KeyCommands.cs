using System.Globalization;
using CleanJwt.Infrastructure.Keys;

namespace CleanJwt.WebApi.Commands;

/// <summary>The commands that show and change the signing keys. Nodes may run meanwhile.</summary>
internal static class KeyCommands
{
    private const int Succeeded = 0;
    private const int NothingChanged = 1;

    public static Task<int> ListAsync(IServiceProvider services) => WithKeysAsync(services, async keys =>
    {
        Console.WriteLine(
            $"{"kid",-44} {"algorithm",-10} {"state",-9} {"signs from (UTC)",-20} last token expires (UTC)");
        foreach (var key in await keys.ListAsync())
        {
            var expires = key.LastTokenExpiresAt is { } at ? Time(at) : "-";
            var (algorithm, signsFrom) = (key.Algorithm, Time(key.SignsFrom));
            Console.WriteLine($"{key.KeyId,-44} {algorithm,-10} {key.State,-9} {signsFrom,-20} {expires}");
        }

        return Succeeded;
    });

    public static Task<int> RotateAsync(IServiceProvider services) => WithKeysAsync(services, async keys =>
    {
        await keys.RotateAsync();
        Console.WriteLine(
            "Published the next signing key, which signs in 10 seconds. "
            + "Tokens of the current key stay valid until they expire.");
        return Succeeded;
    });

    public static Task<int> RetireAsync(
        IServiceProvider services, string keyId) => WithKeysAsync(services, async keys =>
    {
        if (await keys.RetireAsync(keyId))
        {
            Console.WriteLine(
                "Retired the key. Within a second, every node refuses its tokens. Sessions continue: clients refresh.");
            return Succeeded;
        }

        await Console.Error.WriteLineAsync($"There is no signing key '{keyId}'; 'keys list' shows them.");
        return NothingChanged;
    });

    // Only the operator can change keys that are files.
    private static async Task<int> WithKeysAsync(
        IServiceProvider services, Func<SigningKeyAdministration, Task<int>> run)
    {
        var administration = services.GetRequiredService<SigningKeyAdministration>();
        if (!administration.AreFiles)
        {
            return await run(administration);
        }

        await Console.Error.WriteLineAsync(
            "The signing keys are the files of Jwt:KeyFiles: change that setting, and restart every node.");
        return NothingChanged;
    }

    private static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
