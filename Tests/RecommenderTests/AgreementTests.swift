import Embeddings
import ImageCodecs
import Recommender
import Testing

@Suite("Which parts of two pictures agree")
struct AgreementTests {
    /// A picture of 3 x 3 positions, one of which has that vector and the others that of the background.
    private func picture(_ vector: [Float], at position: Int, background: [Float] = [0, 0, 0.1]) -> SpatialEmbedding {
        SpatialEmbedding(
            rows: 3, columns: 3, dimension: 3, values: (0..<9).flatMap { $0 == position ? vector : background },
            regions: (0..<9).map {
                ImageRegion(x: Double($0 % 3) / 3, y: Double($0 / 3) / 3, width: 1.0 / 3, height: 1.0 / 3)
            })
    }

    @Test("what both have is where they agree, wherever it is in each")
    func places() throws {
        let agreement = try #require(Agreement(picture([2, 0, 0], at: 0), picture([2, 0, 0], at: 5)))
        #expect(Agreement.strongest(agreement.first).place == .upperLeft)
        #expect(Agreement.strongest(agreement.second).place == .right)
        #expect(agreement.similarity > 0.99)
        for parts in [agreement.first, agreement.second] {
            #expect(abs(parts.reduce(0) { $0 + $1.share } - 1) < 1e-6)
            #expect(parts.allSatisfy { $0.share >= 0 })
        }
    }

    @Test("what only one has adds nothing")
    func different() throws {
        let agreement = try #require(Agreement(picture([2, 0, 0], at: 0), picture([0, 2, 0], at: 4)))
        #expect(agreement.first[0].share < 0.01)
        #expect(agreement.second[4].share < 0.01)
    }

    @Test("the shares of the parts are those of the cosine, which is their sum")
    func decomposition() throws {
        let one = picture([1, 0.5, 0], at: 2)
        let other = picture([0.8, 0.1, 0.3], at: 7)
        let agreement = try #require(Agreement(one, other))
        let (a, b) = (one.mean, try #require(VectorArithmetic.unit(other.mean)))
        let length = VectorArithmetic.dot(a, a).squareRoot()
        for (position, part) in agreement.first.enumerated() {
            let added = VectorArithmetic.dot(Array(one.vector(position)), b) / (9 * length)
            #expect(abs(Double(added) - part.share * agreement.similarity) < 1e-5)
        }
    }

    @Test("pictures without anything in common, or of different models, cannot be compared")
    func nothing() {
        let zero = SpatialEmbedding(rows: 1, columns: 1, dimension: 3, values: [0, 0, 0], regions: [.all])
        #expect(Agreement(zero, zero) == nil)
        let short = SpatialEmbedding(rows: 1, columns: 1, dimension: 1, values: [1], regions: [.all])
        #expect(Agreement(picture([1, 0, 0], at: 0), short) == nil)
    }

    @Test("a side, a row or all of a picture can agree most as well")
    func sides() {
        func strongest(_ shares: [Double]) -> Agreement.Place {
            Agreement.strongest(
                shares.enumerated().map { place, share in
                    Agreement.Part(
                        region: ImageRegion(
                            x: Double(place % 3) / 3, y: Double(place / 3) / 3, width: 1.0 / 3, height: 1.0 / 3),
                        share: share)
                }
            ).place
        }
        #expect(strongest([0.3, 0, 0, 0.4, 0, 0, 0.3, 0, 0]) == .left)
        #expect(strongest([0, 0, 0, 0, 0, 0, 0.3, 0.4, 0.3]) == .lower)
        #expect(strongest([Double](repeating: 1.0 / 9, count: 9)) == .everywhere)
        #expect(strongest([0, 0.1, 0, 0.1, 0.6, 0.1, 0, 0.1, 0]) == .middle)
        #expect(Agreement.strongest([Agreement.Part(region: .all, share: 1)]).place == .everywhere)
    }
}
