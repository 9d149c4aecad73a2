/// Sets of numbers that are joined again and again (Tarjan 1975: union by size, with path halving).
struct DisjointSets {
    private var parents: [Int]
    private var sizes: [Int]

    /// The numbers below `count`, each on its own.
    init(count: Int) {
        parents = Array(0..<count)
        sizes = [Int](repeating: 1, count: count)
    }

    /// Makes one set of those of two numbers. Nearly O(1).
    mutating func join(_ a: Int, _ b: Int) {
        var (large, small) = (root(of: a), root(of: b))
        guard large != small else { return }
        if sizes[large] < sizes[small] { swap(&large, &small) }
        parents[small] = large
        sizes[large] += sizes[small]
    }

    /// The sets of two or more numbers, each ascending, in the order of their first numbers. O(count · log count).
    var sets: [[Int]] {
        var copy = self
        var members: [Int: [Int]] = [:]
        for number in parents.indices where copy.sizes[copy.root(of: number)] > 1 {
            members[copy.root(of: number), default: []].append(number)
        }
        return members.values.sorted { $0[0] < $1[0] }
    }

    private mutating func root(of number: Int) -> Int {
        var number = number
        while parents[number] != number {
            parents[number] = parents[parents[number]]
            number = parents[number]
        }
        return number
    }
}
