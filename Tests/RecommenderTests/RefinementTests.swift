import CatalogStore
import Recommender
import Testing

@Suite("Refining a search")
struct RefinementTests {
    private func unit(_ vector: [Float]) -> [Float] { VectorArithmetic.unit(vector) ?? [] }

    @Test("what is wanted more of draws the query to it")
    func more() {
        let query = unit([1, 1, 0])
        let wanted: [Float] = [1, 0, 0]
        let moved = RelevanceFeedback.query(query, more: [wanted])
        #expect(abs(VectorArithmetic.dot(moved, moved) - 1) < 1e-5)
        #expect(VectorArithmetic.dot(moved, wanted) > VectorArithmetic.dot(query, wanted))
        #expect(RelevanceFeedback.query(query, more: []) == query)
    }

    // Axes: two kinds, and two of what items of a kind differ by.
    private var ofTheKind: [[Float]] { [unit([1, 0, 0, 0.5]), unit([1, 0, 0.1, 0.3])] }

    @Test("of an item of the kind that is looked for, only what is its own is wanted less of")
    func lessOfTheKind() {
        let query = unit([1, 0, 0.3, 0.3])
        let unwanted = unit([1, 0, 0.6, 0.1])
        let moved = RelevanceFeedback.query(query, less: [unwanted], nearest: ofTheKind)
        #expect(abs(VectorArithmetic.dot(moved, moved) - 1) < 1e-5)
        #expect(VectorArithmetic.dot(moved, unwanted) < VectorArithmetic.dot(query, unwanted) - 0.03)
        #expect(VectorArithmetic.dot(moved, [1, 0, 0, 0]) > 0.88, "the kind stays")
        #expect(VectorArithmetic.dot(moved, ofTheKind[0]) > VectorArithmetic.dot(query, ofTheKind[0]))
    }

    @Test("of an item of another kind, that kind is wanted less of")
    func lessOfAnotherKind() {
        let query = unit([1, 0.8, 0.3, 0.3])
        let other = unit([0, 1, 0.3, 0.3])
        let moved = RelevanceFeedback.query(query, less: [other], nearest: ofTheKind)
        #expect(VectorArithmetic.dot(moved, other) < 0.3)
        #expect(VectorArithmetic.dot(moved, [1, 0, 0, 0]) > VectorArithmetic.dot(query, [1, 0, 0, 0]) + 0.1)
    }

    @Test("a query that would vanish, or has nothing else to find, stays as it is")
    func vanishing() {
        let query: [Float] = [1, 0]
        // 1 - 0.75 · (7/3 - 1) is nothing; 7/3 is no unit vector, but a mean may be anything.
        #expect(RelevanceFeedback.query(query, less: [[7 / 3, 0]], nearest: [query]) == query)
        #expect(RelevanceFeedback.query(query, less: [[0, 1]], nearest: []) == query)
        #expect(RelevanceFeedback.query(query, less: [], nearest: [[0, 1]]) == query)
        #expect(VectorArithmetic.unit([0, 0]) == nil)
        #expect(VectorArithmetic.unit([.nan, 1]) == nil)
    }

    @Test("another colour keeps the cut: among red items the one of the query's cut comes first")
    func colourChange() throws {
        // Axes: blue, red, and two of cut.
        let query = unit([1, 0, 0.4, 0])
        let change = try #require(
            ColourChange(query, from: unit([1, 0, 0.1, 0.1]), to: unit([0, 1, 0.1, 0.1])))
        let sameCut = unit([0, 1, 0.45, 0])
        let otherCut = unit([0, 1, 0, 0.4])
        let ownColour = unit([1, 0, 0.4, 0])
        #expect(change.likeness(sameCut) > change.likeness(otherCut) + 0.5)
        #expect(VectorArithmetic.dot(change.query, sameCut) > VectorArithmetic.dot(change.query, ownColour))
        #expect(ColourChange([1, 0], from: [1, 0], to: [0, 0]) == nil, "nothing is left to look for")
    }

    @Test("a mean of few is drawn towards the wider one")
    func shrunkMean() {
        let wide = MeanVector(vector: [0, 1], count: 100)
        #expect(MeanVector(vector: [1, 0], count: 8).shrunk(towards: wide) == [0.5, 0.5])
        #expect(MeanVector(vector: [1, 0], count: 0).shrunk(towards: wide) == [0, 1])
    }

    @Test("near neighbours outvote many far ones, and a divided vote is not sure")
    func vote() {
        let near = TraitVote([("Red", 0.98), ("Blue", 0.7), ("Blue", 0.7), (nil, 0.99), ("", 0.99)])
        #expect(near.likeliest == "Red")
        #expect(near.sure == "Red")
        #expect(abs(near.candidates.reduce(0) { $0 + $1.share } - 1) < 1e-5)
        let divided = TraitVote([("Red", 0.9), ("Blue", 0.9), ("red", 0.9), ("Green", 0.9)])
        #expect(divided.likeliest == "Red", "spellings in capitals or without are one value")
        #expect(divided.sure == nil)
        #expect(TraitVote([]).likeliest == nil)
        #expect(TraitVote([("Red", .nan)]).candidates.isEmpty)
    }

    @Test("tells what two items share, but not the numbers of articles")
    func sharedTraits() {
        let first = CatalogItem(
            id: "1", category: "Shirts", colour: "Red", gender: "Men",
            attributes: [
                (name: "season", value: "Summer"), (name: "year", value: "2012"), (name: "usage", value: "Casual"),
            ])
        let second = CatalogItem(
            id: "2", category: "shirts", colour: "Blue", gender: "Men",
            attributes: [
                (name: "year", value: "2012"), (name: "Usage", value: "casual"), (name: "season", value: "Winter"),
            ])
        let common = SharedTraits.common(SharedTraits.traits(of: first), with: second, limit: 5)
        #expect(common.map(\.attribute) == ["category", "gender", "usage"])
        #expect(SharedTraits.common(SharedTraits.traits(of: first), with: second, limit: 1).count == 1)
    }
}

@Suite("What a visitor likes")
struct InterestTests {
    private func unit(_ vector: [Float]) -> [Float] { VectorArithmetic.unit(vector) ?? [] }

    @Test("items that are alike are one interest, the latest first")
    func interests() {
        let dress = unit([1, 0.1, 0])
        let otherDress = unit([1, 0.2, 0])
        let boot = unit([0, 0, 1])
        let interests = Interests([("boot", boot), ("dress", dress), ("other", otherDress)], threshold: 0.8)
        #expect(interests.all.map(\.ids) == [["boot"], ["dress", "other"]])
        for interest in interests.all {
            #expect(abs(VectorArithmetic.dot(interest.direction, interest.direction) - 1) < 1e-5)
        }
    }

    @Test("there are never more than eight interests")
    func bounded() {
        let vectors = (0..<20).map { place in (0..<20).map { Float($0 == place ? 1 : 0) } }
        let interests = Interests(vectors.enumerated().map { ("\($0)", $1) }, threshold: 0.8)
        #expect(interests.all.count == Interests.most)
        #expect(interests.all.flatMap(\.ids).count == 20, "none is lost")
    }

    @Test("the choice takes turns, prefers the different to the nearly same, and takes nothing twice")
    func diverseChoice() {
        func candidate(_ id: String, _ vector: [Float], _ relevance: Float) -> DiverseChoice.Candidate {
            DiverseChoice.Candidate(id: id, vector: unit(vector), relevance: relevance)
        }
        let first = [
            candidate("a", [1, 0, 0], 0.9), candidate("a again", [1, 0.01, 0], 0.89), candidate("b", [0.4, 1, 0], 0.8),
        ]
        let second = [candidate("c", [0, 0, 1], 0.5), candidate("a", [1, 0, 0], 0.4)]
        let chosen = DiverseChoice.choose([first, second], count: 10).map { [first, second][$0.list][$0.place].id }
        #expect(chosen == ["a", "c", "b", "a again"])
        #expect(DiverseChoice.choose([first, second], count: 2).count == 2)
        #expect(DiverseChoice.choose([], count: 3).isEmpty)
        #expect(DiverseChoice.choose([[], first], count: 3).count == 3)
    }
}
