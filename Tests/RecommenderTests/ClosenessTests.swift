import CatalogStore
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

    @Test("a photo's own scale counts if it has one, and nothing is close to what is not recognised")
    func judged() {
        let item = CatalogItem(id: "1", imagePath: "1.jpg")
        let found = [Match(item: item, score: 0.75, closeness: .looselyRelated)]
        let scale = ClosenessScale(veryClose: 0.7, similar: 0.6, looselyRelated: 0.5)
        #expect(found.judged(isRecognised: true, scale: nil)[0].closeness == .looselyRelated)
        #expect(found.judged(isRecognised: true, scale: scale)[0].closeness == .veryClose)
        #expect(found.judged(isRecognised: false, scale: scale)[0].closeness == .nothingClose)
        #expect(found.judged(isRecognised: false, scale: nil)[0].closeness == .nothingClose)
    }
}
