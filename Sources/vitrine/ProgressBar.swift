import Foundation
import Recommender

/// Shows how far indexing is on standard error: a bar that is redrawn on a terminal, a plain line every ten seconds
/// elsewhere.
final class ProgressBar {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now
    private var isShown = false

    /// Shows the progress if it is time to.
    func update(_ progress: IndexProgress) {
        let now = ContinuousClock.now
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
        let isLast = progress.done == progress.total
        guard now - lastShown >= interval || (isTerminal && isLast && isShown) else { return }
        lastShown = now
        isShown = true
        let line = Self.line(progress, seconds: (now - start) / .seconds(1), width: isTerminal ? Self.columns : nil)
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" + line : line + "\n").utf8))
    }

    /// Ends the bar's line.
    func finish() {
        if isTerminal, isShown { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    /// One line of progress; with a width, a bar fills what is left of it.
    static func line(_ progress: IndexProgress, seconds: Double, width: Int?) -> String {
        let share = progress.total == 0 ? 1 : Double(progress.done) / Double(progress.total)
        let rate = seconds > 0 ? Double(progress.done) / seconds : 0
        let left = rate > 0 ? Double(progress.total - progress.done) / rate : 0
        let numbers =
            "\(Int(share * 100)) %  \(progress.done)/\(progress.total) items  \(Int(rate.rounded())) /s  "
            + "\(duration(left)) left"
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
