namespace CleanJwt.WebApi.Errors;

internal static class ErrorPipeline
{
    /// <summary>
    /// Writes the body of every error that the rest of the pipeline throws or answers without a body.
    /// </summary>
    public static void UseProblemDocuments(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(Faults.Options);
        app.UseStatusCodePages(context =>
            ApiErrors.OfStatus(context.HttpContext.Response.StatusCode) is { } error
                ? ProblemWriter.WriteAsync(context.HttpContext, error)
                : Task.CompletedTask);
    }
}
