import Foundation
import ImageCodecs

/// A report as one HTML file that needs nothing else: style, charts and pictures are inside.
public struct HTMLReport: Sendable {
    let report: EvaluationReport
    private let queryPhotos: [String: String]
    private let itemPhotos: [String: String]

    /// How many queries each of best, typical and worst shows.
    private static let shownQueries = 6

    /// A page of a report.
    ///
    /// - Parameters:
    ///   - report: the figures.
    ///   - queryPhotos: path of each query's photo.
    ///   - itemPhotos: path of each item's photo.
    public init(_ report: EvaluationReport, queryPhotos: [String: String], itemPhotos: [String: String]) {
        self.report = report
        self.queryPhotos = queryPhotos
        self.itemPhotos = itemPhotos
    }

    /// The page. O(queries), plus decoding about a hundred photos.
    public var text: String {
        let setup = report.setup
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escape(setup.model)) evaluated</title><style>\(Self.style)</style></head><body><main>
            <h1>\(Self.escape(setup.model))</h1>
            <p>\(report.results.count) queries (\(Self.escape(setup.source))) against \(setup.gallery) items;
            \(report.skipped.count) queries left out. Intervals: 95 %, bootstrap of \(setup.resamples) samples, seed
            \(setup.seed).</p>
            <section class="headlines">\(headlines)</section>
            \(comparison)
            <h2>Measures</h2>\(measureTable)
            <h2>By label</h2>\(classChart)\(classTable)
            <h2>Confusion of the vote on the category</h2>\(confusion)
            \(examples)
            </main></body></html>

            """
    }

    private var headlines: String {
        report.headlines.map { headline in
            "<div><b>\(TextReport.number(headline.estimate.value))</b><span>\(Self.escape(headline.title))</span>"
                + "<small>\(TextReport.number(headline.estimate.low)) to \(TextReport.number(headline.estimate.high))"
                + "</small></div>"
        }.joined()
    }

    private var measureTable: String {
        let rows = report.rows.map { row in
            Self.row([
                Self.escape(row.title), "\(row.count)", TextReport.text(row.micro), Self.bar(row.micro),
                TextReport.text(row.macro), Self.bar(row.macro),
            ])
        }
        let votes = report.votes.map { vote in
            Self.row([
                "vote macro-F1 \(vote.facet.rawValue)", "", "", "", TextReport.text(vote.macroF1),
                Self.bar(vote.macroF1),
            ])
        }
        return Self.table(
            ["measure", "queries", "mean over queries", "", "mean over labels", ""], rows + votes)
    }

    private var classTable: String {
        let columns = TextReport.classColumns(report)
        let rows = report.classes.map { row in
            Self.row(
                [Self.escape(row.label), "\(row.count)"]
                    + columns.map { row.measures[$0.name].map(TextReport.number) ?? "-" } + [TextReport.number(row.f1)])
        }
        return "<details><summary>All figures by label</summary>"
            + Self.table(["label", "queries"] + columns.map(\.title) + ["F1"], rows) + "</details>"
    }

    private var comparison: String {
        guard let comparison = report.comparison else { return "" }
        let rows = comparison.rows.map { row in
            Self.row([
                Self.escape(row.title), TextReport.signed(row.micro), TextReport.probability(row.microP),
                TextReport.signed(row.macro), TextReport.probability(row.macroP),
            ])
        }
        return "<h2>Against \(Self.escape(comparison.other))</h2><p>\(comparison.shared) queries in common, "
            + "\(comparison.unshared) not compared; positive is better than \(Self.escape(comparison.other)). "
            + "p: randomisation test, two-sided.</p>"
            + Self.table(["measure", "mean over queries", "p", "mean over labels", "p"], rows)
    }

    private var examples: String {
        let chosen = ExampleQueries(report, count: Self.shownQueries)
        return [("Best", chosen.best), ("Typical", chosen.typical), ("Worst", chosen.worst)].map { title, queries in
            "<h2>\(title) queries</h2>" + queries.map(example).joined()
        }.joined()
    }

    private func example(_ result: QueryResult) -> String {
        let words = [result.label, result.colour, result.gender].compactMap { $0 }.joined(separator: ", ")
        let hits = result.hits.map { hit in
            let words = [hit.category, hit.colour, hit.gender].compactMap { $0 }.joined(separator: ", ")
            return "<figure class=\"\(hit.fits ? "fits" : "misses")\">\(Self.picture(itemPhotos[hit.id], words))"
                + "<figcaption>\(hit.fits ? "✓" : "✗") \(Self.escape(words)) "
                + "\(String(format: "%.2f", hit.score))</figcaption></figure>"
        }
        let worth = result.measures[Measure.nDCG(report.setup.cutoffs[0]).name].map(TextReport.number) ?? "-"
        return "<div class=\"example\"><figure>\(Self.picture(queryPhotos[result.id], words))<figcaption>"
            + "\(Self.escape(words)), nDCG \(worth)</figcaption></figure>\(hits.joined())</div>"
    }

    /// A thumbnail inside the page; a grey box if the photo is not there any more.
    private static func picture(_ path: String?, _ words: String) -> String {
        guard let path, let bytes = try? readBytes(path),
            let image = try? ImageDecoder.decode(bytes, minimumSide: 160),
            let small = try? JPEGEncoder.encode(image.thumbnail(maximumSide: 160), quality: 80)
        else { return "<div class=\"missing\"></div>" }
        return "<img alt=\"\(escape(words))\" src=\"data:image/jpeg;base64,\(Data(small).base64EncodedString())\">"
    }

    static func table(_ header: [String], _ rows: [String]) -> String {
        "<div class=\"wide\"><table><thead><tr>" + header.map { "<th>\($0)</th>" }.joined() + "</tr></thead><tbody>"
            + rows.joined(separator: "\n") + "</tbody></table></div>"
    }

    private static func row(_ cells: [String]) -> String {
        "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
