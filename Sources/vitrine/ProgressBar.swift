import CatalogStore
import Foundation
import Recommender

/// Shows how far a long run is on standard error: a bar that is redrawn on a terminal, a plain line every ten seconds
/// elsewhere.
final class ProgressBar {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now
    private var isShown = false

    /// Shows how far indexing is, if it is time to.
    func update(_ progress: IndexProgress) {
        update(done: progress.done, total: progress.total)
    }

    /// Shows how far an import is, if it is time to.
    func update(_ progress: ImportProgress) {
        show(share: progress.share, done: progress.files, unit: "files", total: nil)
    }

    /// Shows how many items are done, if it is time to.
    func update(done: Int, total: Int) {
        show(share: total == 0 ? 1 : Double(done) / Double(total), done: done, unit: "items", total: total)
    }

    private func show(share: Double?, done: Int, unit: String, total: Int?) {
        let now = ContinuousClock.now
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
        guard now - lastShown >= interval || (isTerminal && isShown && done == total) else { return }
        lastShown = now
        isShown = true
        let seconds = (now - start) / .seconds(1)
        let count = "\(done)" + (total.map { "/\($0)" } ?? "") + " \(unit)"
        let rate = "\(Int((seconds > 0 ? Double(done) / seconds : 0).rounded())) /s"
        let line = Self.line(
            share: share, count: count, rate: rate, seconds: seconds, width: isTerminal ? Self.columns : nil)
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" + line : line + "\n").utf8))
    }

    /// Ends the bar's line.
    func finish() {
        if isTerminal, isShown { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    /// One line of progress; with a width, a bar fills what is left of it. Of what has an unknown end, only the count.
    private static func line(share: Double?, count: String, rate: String, seconds: Double, width: Int?) -> String {
        guard let share else { return "\(count)  \(rate)" }
        let left = share > 0 ? seconds / share * (1 - share) : 0
        let numbers = "\(Int(share * 100)) %  \(count)  \(rate)  \(duration(left)) left"
        guard let width else { return numbers }
        let room = max(0, min(40, width - numbers.count - 4))
        guard room >= 8 else { return numbers }
        let filled = Int(share * Double(room))
        return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled) + "] "
            + numbers
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
