using System.Text;

namespace CleanJwt.Benchmarks.Load;

/// <summary>Draws one bar per case, as long as its ratio to the first case.</summary>
internal static class Chart
{
    private const int RowHeight = 28;
    private const int BarHeight = 18;
    private const int LabelWidth = 400;
    private const int BarWidth = 420;
    private const int Margin = 16;

    public static string Draw(List<Measurement> measurements)
    {
        var (width, height) = (LabelWidth + BarWidth + 80, (measurements.Count * RowHeight) + (3 * Margin));
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" """
            + """font-family="sans-serif" font-size="13">""");
        Line("""<rect width="100%" height="100%" fill="white"/>""");
        Line($"""<text x="{Margin}" y="{Margin + 6}" font-weight="bold">Requests a second, bare Kestrel = 1</text>""");
        for (var i = 0; i < measurements.Count; i++)
        {
            var (one, y) = (measurements[i], (2 * Margin) + (i * RowHeight));
            var isVoid = one.IsVoidAgainst(measurements[0]);
            var ratio = isVoid ? 0 : one.RatioTo(measurements[0]);
            var length = Math.Max(1, ratio * BarWidth);
            var label = $"{one.Case.Entry}: {one.Case.Request}".Replace("`", "", StringComparison.Ordinal);
            var figure = isVoid ? "void" : $"{ratio:F3}";
            var color = one.Case.Entry == "CleanJwt" ? "#0b6e4f" : "#9aa5b1";
            Line($"""<text x="{LabelWidth - 8}" y="{y + 17}" text-anchor="end">{label}</text>""");
            Line($"""<rect x="{LabelWidth}" y="{y + 4}" width="{length:F1}" height="{BarHeight}" fill="{color}"/>""");
            Line($"""<text x="{LabelWidth + length + 6:F1}" y="{y + 17}">{figure}</text>""");
        }

        Line("</svg>");
        return svg.ToString();

        void Line(string text) => svg.AppendLine(text);
    }
}
