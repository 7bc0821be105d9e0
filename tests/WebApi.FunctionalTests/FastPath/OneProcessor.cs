using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace CleanJwt.WebApi.FunctionalTests.FastPath;

/// <summary>Where there is one processor, threads that have nothing to do leave it to others.</summary>
[NonParallelizable] // what is set is the whole process's
internal sealed class OneProcessor
{
    [SetUp]
    [TearDown]
    public void Forget() => AppContext.SetData(SingleProcessor.SpinLimit, null); // the pool has long asked for it

    [TestCase(1, ExpectedResult = 0)]
    [TestCase(2, ExpectedResult = null)]
    [TestCase(64, ExpectedResult = null)]
    public object? SpinLimit_IsZeroOnOneProcessor(int processors)
    {
        SingleProcessor.StopSpinning(processors);
        return AppContext.GetData(SingleProcessor.SpinLimit);
    }

    [Test]
    public void SpinLimitOfOnesOwn_Stays()
    {
        AppContext.SetData(SingleProcessor.SpinLimit, "20");
        SingleProcessor.StopSpinning(processors: 1);
        Assert.That(AppContext.GetData(SingleProcessor.SpinLimit), Is.EqualTo("20"));
    }

    /// <summary>Else it would do nothing, and nobody would notice.</summary>
    [Test]
    public void Runtime_KnowsTheSetting()
    {
        using var library = new PEReader(File.OpenRead(typeof(object).Assembly.Location));
        var metadata = library.GetMetadataReader();
        var literals = new List<string>();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            literals.Add(metadata.GetUserString(handle));
        }

        Assert.That(literals, Has.One.EqualTo(SingleProcessor.SpinLimit));
    }
}
