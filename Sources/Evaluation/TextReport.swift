import Foundation

/// A report as a table for the terminal.
public struct TextReport: Sendable {
    private let report: EvaluationReport

    /// A table of a report.
    public init(_ report: EvaluationReport) { self.report = report }

    /// The lines, at most about 110 columns wide.
    public var text: String {
        let setup = report.setup
        var lines = [
            "\(setup.model): \(report.results.count) queries (\(setup.source)) against \(setup.gallery) items, "
                + "\(report.skipped.count) queries left out",
            "",
        ]
        for headline in report.headlines { lines.append(Self.pad(headline.title, 34) + Self.text(headline.estimate)) }
        lines += ["", Self.pad("measure", 34) + Self.pad("mean over queries", 24) + "mean over labels"]
        for row in report.rows {
            lines.append(Self.pad(row.title, 34) + Self.pad(Self.text(row.micro), 24) + Self.text(row.macro))
        }
        lines += ["", Self.pad("k-NN vote", 34) + Self.pad("accuracy", 24) + "macro-F1"]
        for vote in report.votes {
            lines.append(
                Self.pad(vote.facet.rawValue, 34) + Self.pad(Self.text(vote.accuracy), 24) + Self.text(vote.macroF1))
        }
        lines += classLines
        if let comparison = report.comparison { lines += Self.lines(comparison, model: setup.model) }
        lines += ["", "In brackets: 95 % intervals, bootstrap of \(setup.resamples) samples, seed \(setup.seed)."]
        return lines.joined(separator: "\n")
    }

    private var classLines: [String] {
        let columns = Self.classColumns(report)
        var lines = ["", Self.pad("label", 28) + Self.pad("queries", 9)]
        lines[1] += columns.map { Self.pad($0.title, 9) }.joined() + "F1"
        for row in report.classes {
            let cells = columns.map { Self.pad(row.measures[$0.name].map(Self.number) ?? "-", 9) }.joined()
            lines.append(Self.pad(row.label, 28) + Self.pad("\(row.count)", 9) + cells + Self.number(row.f1))
        }
        return lines
    }

    private static func lines(_ comparison: Comparison, model: String) -> [String] {
        var lines = [
            "",
            "\(model) minus \(comparison.other), \(comparison.shared) queries in common"
                + (comparison.unshared > 0 ? " (\(comparison.unshared) others not compared)" : ""),
            pad("measure", 34) + pad("mean over queries", 34) + "mean over labels",
        ]
        for row in comparison.rows {
            lines.append(
                pad(row.title, 34) + pad("\(signed(row.micro)) p = \(probability(row.microP))", 34)
                    + "\(signed(row.macro)) p = \(probability(row.macroP))")
        }
        return lines
    }

    /// The measures that are worth a column by label.
    static func classColumns(_ report: EvaluationReport) -> [(name: String, title: String)] {
        let k = report.setup.cutoffs[0]
        return [
            (Measure.precision(k, .category).name, "P@\(k)"), (Measure.recall(k, .category).name, "R@\(k)"),
            (Measure.averagePrecision(.category).name, "mAP"), (Measure.nDCG(k).name, "nDCG@\(k)"),
            (Measure.vote(.category).name, "vote"),
        ]
    }

    static func number(_ value: Double) -> String { String(format: "%.3f", value) }

    static func probability(_ value: Double) -> String {
        value < 0.001 ? "<.001" : String(format: "%.3f", value)
    }

    static func text(_ estimate: Estimate) -> String {
        "\(number(estimate.value)) [\(number(estimate.low)), \(number(estimate.high))]"
    }

    static func signed(_ estimate: Estimate) -> String {
        String(format: "%+.3f [%+.3f, %+.3f]", estimate.value, estimate.low, estimate.high)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text.count < width ? text + String(repeating: " ", count: width - text.count) : text + " "
    }
}
