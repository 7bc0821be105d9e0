using System.Globalization;
using BenchmarkDotNet.Running;
using CleanJwt.Benchmarks;
using CleanJwt.Benchmarks.Load;

// Reports look the same on every machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// The first word picks a program. BenchmarkDotNet takes all other arguments.
switch (args)
{
    case ["revocation-load"]:
        RevocationLoad.Run();
        return 0;
    case ["seed", var folder, var count] when int.TryParse(count, out var accounts) && accounts > 0:
        await Seeding.RunAsync(folder, accounts);
        return 0;
    case ["seed", ..]:
        Console.Error.WriteLine("Usage: seed FOLDER ACCOUNTS, such as: seed /tmp/large 1000000");
        return 2;
    case ["sign-in-timing", var dll, var count] when int.TryParse(count, out var pairs) && pairs is > 0 and <= 10_000:
        return await SignInTiming.RunAsync(dll, pairs);
    case ["sign-in-timing", ..]:
        Console.Error.WriteLine(
            "Usage: sign-in-timing DLL PAIRS, at most 10000; scripts/sign-in-timing.sh publishes the service first.");
        return 2;
    case ["side-by-side", "--help" or "-h"]:
        Console.WriteLine(SideBySideOptions.Help);
        return 0;
    case ["side-by-side", .. var rest] when SideBySideOptions.Parse(rest) is { } options:
        return await SideBySide.RunAsync(options);
    case ["side-by-side", ..]:
        Console.Error.WriteLine(SideBySideOptions.Help);
        return 2;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(RevocationCheck).Assembly).Run(args);
        return 0;
}
