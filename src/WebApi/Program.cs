using CleanJwt.Application;
using CleanJwt.Infrastructure;
using CleanJwt.WebApi;
using CleanJwt.WebApi.Commands;
using CleanJwt.WebApi.Hosting;

SingleProcessor.StopSpinning(Environment.ProcessorCount);
try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Logging.ClearProviders().AddConsole(); // each place that lines could go to costs every request, with or without lines
    if (await Commands.TryRunEarlyAsync(builder, args) is { } early)
    {
        return early;
    }

    builder.AddWebApi();
    builder.Services.AddApplication();
    builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);

    await using var app = builder.Build();
    if (await Commands.TryRunAsync(app.Services, args) is { } exitCode)
    {
        return exitCode;
    }

    var prepared = app.Services.PrepareAsync();
    app.UseWebApi(); // which takes about as long, and needs no database
    await prepared;
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartFailure.Describe(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}
