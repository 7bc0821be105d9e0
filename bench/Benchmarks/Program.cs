using BenchmarkDotNet.Running;
using CleanJwt.Benchmarks;

// 'revocation-load' measures what is too large for a micro benchmark; anything else is BenchmarkDotNet's own.
if (args is ["revocation-load", ..])
{
    RevocationLoad.Run();
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(RevocationCheck).Assembly).Run(args);
}
