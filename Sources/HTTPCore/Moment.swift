internal import Glibc

/// A moment of the monotonic clock.
package struct Moment: Comparable, Sendable {
    /// Since the clock's own beginning.
    package let nanoseconds: UInt64

    private init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// This moment.
    package static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// What is `duration` after `moment`; a negative duration is taken as none.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(nanoseconds: moment.nanoseconds &+ UInt64(clamping: duration.wholeNanoseconds))
    }

    /// Nanoseconds from `earlier` to `later`; 0 when they are the other way round.
    package static func - (later: Moment, earlier: Moment) -> Int64 {
        later.nanoseconds > earlier.nanoseconds ? Int64(clamping: later.nanoseconds - earlier.nanoseconds) : 0
    }

    package static func < (one: Moment, other: Moment) -> Bool {
        one.nanoseconds < other.nanoseconds
    }
}

extension Duration {
    /// Nanoseconds, cut at a century so that sums of moments cannot overflow.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, 0), 3_155_760_000) * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000
    }

    /// Whole seconds, rounded up, for libmicrohttpd.
    var secondsRoundedUp: UInt32 {
        UInt32(clamping: (wholeNanoseconds + 999_999_999) / 1_000_000_000)
    }
}
