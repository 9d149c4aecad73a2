import Recommender
import Testing

@Suite("Closeness")
struct ClosenessTests {
    @Test("each word begins exactly at its threshold")
    func thresholds() {
        let scale = ClosenessScale(veryClose: 0.9, similar: 0.7, looselyRelated: 0.5)
        let cases: [(Float, Closeness)] = [
            (1, .veryClose), (0.9, .veryClose), (Float(0.9).nextDown, .similar), (0.7, .similar),
            (0.6, .looselyRelated), (0.5, .looselyRelated), (0.49, .nothingClose), (-1, .nothingClose),
        ]
        for (similarity, word) in cases { #expect(scale.closeness(similarity) == word) }
    }
}
