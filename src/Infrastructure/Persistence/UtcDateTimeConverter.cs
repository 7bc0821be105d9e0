using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>
/// Stores moments as UTC without an offset. SQLite can compare these, and every provider orders them the same.
/// </summary>
internal sealed class UtcDateTimeConverter() : ValueConverter<DateTimeOffset, DateTime>(
    moment => moment.UtcDateTime,
    stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));
