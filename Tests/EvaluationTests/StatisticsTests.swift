import Evaluation
import Testing

@Suite("statistics")
struct StatisticsTests {
    private let values = (0..<200).map { Double($0 % 4 == 0 ? 0 : 1) }

    @Test("the mean over groups weighs groups alike and leaves empty ones out")
    func mean() {
        #expect(Statistics.mean([[1, 1, 1], [0]]) == 0.5)
        #expect(Statistics.mean([[1, 0], []]) == 0.5)
        #expect(Statistics.mean([[], []]) == nil)
    }

    @Test("the bootstrap interval is that of the normal approximation, and the same for the same seed")
    func bootstrap() throws {
        let estimate = try #require(Statistics.estimate([values], resamples: 2000, seed: 7))
        // 0.75 -+ 1.96 * sqrt(0.75 * 0.25 / 200) = 0.75 -+ 0.060
        #expect(estimate.value == 0.75 && abs(estimate.low - 0.69) < 0.012 && abs(estimate.high - 0.81) < 0.012)
        #expect(try #require(Statistics.estimate([values], resamples: 2000, seed: 7)) == estimate)
        let uneven = (0..<50).map { Double($0 * $0) }
        let one = try #require(Statistics.estimate([uneven], resamples: 200, seed: 7))
        let other = try #require(Statistics.estimate([uneven], resamples: 200, seed: 8))
        #expect(one != other)
        #expect(Statistics.estimate([[]], resamples: 10, seed: 1) == nil)
    }

    @Test("constant values have an interval of no width, in every group")
    func constant() throws {
        let estimate = try #require(Statistics.estimate([[1, 1], [0, 0, 0]], resamples: 100, seed: 1))
        #expect(estimate == Estimate(value: 0.5, low: 0.5, high: 0.5))
    }

    @Test("any statistic is resampled like a mean")
    func statistic() throws {
        let estimate = try #require(
            Statistics.estimate(count: values.count, resamples: 500, seed: 3) { picked in
                picked.reduce(0) { $0 + values[$1] } / Double(picked.count)
            })
        #expect(estimate == Statistics.estimate([values], resamples: 500, seed: 3))
    }

    @Test("no difference has p = 1; a steady one a small p; one difference alone proves nothing")
    func test() throws {
        #expect(Statistics.pValue([[0, 0, 0]], resamples: 200, seed: 1) == 1)
        let steady = try #require(Statistics.pValue([Array(repeating: 0.1, count: 40)], resamples: 999, seed: 1))
        #expect(steady == 0.001)
        #expect(Statistics.pValue([[1]], resamples: 200, seed: 1) == 1)
        let balanced = try #require(Statistics.pValue([[1, -1, 1, -1, 1, -1, 1]], resamples: 999, seed: 1))
        #expect(balanced > 0.5)
        #expect(Statistics.pValue([], resamples: 10, seed: 1) == nil)
    }
}
