using System.Data.Common;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>Reads columns as <see cref="AppDbContext"/> maps them.</summary>
internal static class DataReaderExtensions
{
    /// <summary>Reads a moment, which is stored as UTC without an offset.</summary>
    public static DateTimeOffset GetMoment(this DbDataReader reader, int column) =>
        new(DateTime.SpecifyKind(reader.GetDateTime(column), DateTimeKind.Utc));

    /// <inheritdoc cref="GetMoment"/>
    public static DateTimeOffset? GetMomentOrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetMoment(column);

    public static string? GetStringOrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static Guid? GetGuidOrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetGuid(column);

    public static int? GetInt32OrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetInt32(column);
}
