using CleanJwt.Application;
using CleanJwt.Infrastructure;
using CleanJwt.WebApi;
using CleanJwt.WebApi.Commands;
using CleanJwt.WebApi.Hosting;

try
{
    var builder = WebApplication.CreateBuilder(CommandTable.SettingsIn(args));
    if (await CommandTable.TryRunEarlyAsync(builder, args) is { } earlyExitCode)
    {
        return earlyExitCode;
    }

    builder.AddWebApi();
    builder.Services.AddApplication();
    builder.Services.AddInfrastructure(builder.Environment, builder.Configuration);
    await using var app = builder.Build();
    if (await CommandTable.TryRunAsync(app.Services, args) is { } exitCode)
    {
        return exitCode;
    }

    var preparation = app.Services.PrepareAsync();
    app.UseWebApi(); // needs no database, so it runs meanwhile
    await preparation;
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartFailure.Describe(exception) is { } reason)
{
    await Console.Error.WriteLineAsync(reason);
    return 1;
}
