import Embeddings
import Synchronization

/// What the parts of items' photos add to their vectors, for the pictures that were compared last: 64 of them, some tens of
/// kilobytes each. Shoppers' photos are never in it. Safe to use from many threads.
final class SpatialCache: Sendable {
    /// A picture with its parts.
    struct Picture: Sendable {
        let spatial: SpatialEmbedding
        let width: Int
        let height: Int
    }

    private struct State {
        var pictures: [String: (picture: Picture, turn: UInt64)] = [:]
        var turns: UInt64 = 0
    }

    private let state = Mutex(State())
    private static let most = 64

    /// A picture by its key. O(1).
    func picture(_ key: String) -> Picture? {
        state.withLock { state in
            guard let known = state.pictures[key] else { return nil }
            state.turns += 1
            state.pictures[key] = (known.picture, state.turns)
            return known.picture
        }
    }

    /// Keeps a picture; what was asked for longest ago goes. O(kept).
    func insert(_ picture: Picture, _ key: String) {
        state.withLock { state in
            if state.pictures.count >= Self.most,
                let oldest = state.pictures.min(by: { $0.value.turn < $1.value.turn })?.key
            {
                state.pictures[oldest] = nil
            }
            state.turns += 1
            state.pictures[key] = (picture, state.turns)
        }
    }
}
