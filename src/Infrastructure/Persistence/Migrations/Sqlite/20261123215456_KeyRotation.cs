using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CleanJwt.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class KeyRotation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "SignsFrom",
                table: "SigningKeys",
                type: "TEXT",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified));

            // The key there was has signed since it was made.
            migrationBuilder.Sql("UPDATE SigningKeys SET SignsFrom = CreatedAt");

            migrationBuilder.InsertData(
                table: "Guards",
                columns: new[] { "Name", "Version" },
                values: new object[] { "signing-keys", 0 });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DeleteData(
                table: "Guards",
                keyColumn: "Name",
                keyValue: "signing-keys");

            migrationBuilder.DropColumn(
                name: "SignsFrom",
                table: "SigningKeys");
        }
    }
}
