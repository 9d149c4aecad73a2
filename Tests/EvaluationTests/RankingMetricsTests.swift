import Evaluation
import Foundation
import Testing

@Suite("ranking metrics")
struct RankingMetricsTests {
    /// Relevant at places 1, 3 and 6.
    private let ranking = [true, false, true, false, false, true]

    @Test("precision at k counts the relevant places, and empty places as misses")
    func precision() {
        #expect(RankingMetrics.precision(ranking, at: 1) == 1)
        #expect(RankingMetrics.precision(ranking, at: 5) == 0.4)
        #expect(RankingMetrics.precision([true, true], at: 5) == 0.4)
        #expect(RankingMetrics.precision([], at: 5) == 0)
        #expect(RankingMetrics.precision(ranking, at: 0) == 0)
    }

    @Test("recall at k is capped at what k places can hold")
    func recall() {
        #expect(RankingMetrics.recall(ranking, relevant: 3, at: 5) == 2.0 / 3)
        #expect(RankingMetrics.recall(ranking, relevant: 3, at: 6) == 1)
        #expect(RankingMetrics.recall(ranking, relevant: 1000, at: 5) == 0.4)
        #expect(RankingMetrics.recall(ranking, relevant: 0, at: 5) == nil)
    }

    @Test("average precision is the mean of the precisions at the relevant places")
    func averagePrecision() throws {
        // (1/1 + 2/3 + 3/6) / 3
        let value = try #require(RankingMetrics.averagePrecision(ranking, relevant: 3))
        #expect(abs(value - 13.0 / 18) < 1e-12)
        #expect(RankingMetrics.averagePrecision([false, false], relevant: 2) == 0)
        #expect(RankingMetrics.averagePrecision([false], relevant: 0) == nil)
    }

    @Test("nDCG divides by the best order")
    func nDCG() throws {
        // DCG = 2/log2(2) + 0 + 4/log2(4) = 4; ideal = 4/1 + 2/log2(3) = 5.2618595.
        let value = try #require(RankingMetrics.nDCG([2, 0, 4], ideal: [4, 2], at: 3))
        #expect(abs(value - 4 / 5.261859507142914) < 1e-12)
        #expect(RankingMetrics.nDCG([4, 2], ideal: [4, 2], at: 5) == 1)
        #expect(RankingMetrics.nDCG([0, 0], ideal: [0], at: 5) == nil)
    }

    @Test("another kind is worth nothing; colour and gender add to the right kind")
    func gains() {
        #expect(GradedRelevance.gain(category: false, colour: true, gender: true) == 0)
        #expect(GradedRelevance.gain(category: true, colour: false, gender: false) == 2)
        #expect(GradedRelevance.gain(category: true, colour: true, gender: false) == 3)
        #expect(GradedRelevance.gain(category: true, colour: true, gender: true) == 4)
        #expect(GradedRelevance.ideal(counts: [10, 0, 2, 0, 1], count: 5) == [4, 2, 2, 0, 0])
        #expect(GradedRelevance.ideal(counts: [0, 0, 0, 0, 1], count: 5) == [4])
    }
}

@Suite("votes and confusion")
struct ClassificationTests {
    @Test("the most frequent label wins, then the more similar, then the nearer; the unlabelled do not vote")
    func vote() {
        #expect(Vote.winner([(label: "a", similarity: 0.9), ("b", 0.5), ("b", 0.1)]) == "b")
        #expect(Vote.winner([(label: "a", similarity: 0.9), ("b", 0.8), ("b", 0.7), ("a", 0.5)]) == "b")
        #expect(Vote.winner([(label: "b", similarity: 0.5), ("a", 0.5)]) == "b")
        #expect(Vote.winner([(label: nil, similarity: 0.9), (nil, 0.8), ("a", 0.5)]) == "a")
        #expect(Vote.winner([(label: String?.none, similarity: 0.9)]) == nil)
    }

    @Test("accuracy and F1 of two classes and a class that is never true")
    func confusion() throws {
        // a: TP 2, FN 1, FP 1: F1 = 4/6. b: TP 1, FN 2, FP 1: F1 = 2/5. c is never true and has no F1.
        let pairs: [(truth: String, predicted: String)] = [
            ("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", "a"), ("b", "c"),
        ]
        let confusion = Confusion(pairs)
        #expect(confusion.accuracy == 0.5)
        let f1: [String: Double] = ["a": 4.0 / 6, "b": 0.4]
        #expect(confusion.f1 == f1)
        let macroF1 = try #require(confusion.macroF1)
        let expected: Double = 8.0 / 15
        #expect(abs(macroF1 - expected) < 1e-12)
        #expect(confusion.classes.map(\.label) == ["a", "b"])
        #expect(confusion.classes.map(\.count) == [3, 3])
        let none = Confusion([])
        #expect(none.accuracy == nil)
        #expect(none.macroF1 == nil)
    }
}
