internal import CNeighborGraph

extension NeighborGraph {
    /// What is kept about the file, in it.
    private struct About: Codable, Sendable {
        let snapshot: String
        let count: Int
        let degree: Int
        let entry: UInt32
        let top: UInt32
        let lists: Int
    }

    /// Checks the bytes of a file.
    ///
    /// - Returns: the identity of the snapshot that it is of.
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if they are not what was written.
    /// - Complexity: O(bytes of the file).
    package static func check(path: String) throws(VectorSearchError) -> String {
        try SectionFile<About>(path: path, kind: .graph).about.snapshot
    }

    /// Loads the graph of a snapshot: its links stay in the file.
    ///
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)`` if the file is missing, of another snapshot, not what was
    ///   written, or if any link leads where none can lead.
    /// - Complexity: O(bytes of the file).
    public convenience init(path: String, snapshot: VectorSnapshot) throws(VectorSearchError) {
        func unusable(_ reason: String) -> VectorSearchError { .unusableFile(path: path, reason: reason) }
        let file = try SectionFile<About>(path: path, kind: .graph)
        let about = file.about
        let table = snapshot.table
        guard about.snapshot == snapshot.identity, about.count == table.count else {
            throw unusable("it is of another snapshot")
        }
        guard (2...64).contains(about.degree), about.lists >= 0, about.lists < UInt32.max else {
            throw unusable("it has impossible sizes")
        }
        // The C side takes pointers to what may be written; a finished graph is not.
        func links<Element: BitwiseCopyable>(_ name: String, _ count: Int) throws(VectorSearchError)
            -> UnsafeMutablePointer<Element>
        { UnsafeMutablePointer(mutating: try file.section(name, of: Element.self, count: count)) }
        var graph = ng_graph(
            count: UInt32(about.count), degree: UInt32(about.degree), entry: about.entry, top: about.top,
            base: try links("base", about.count * (1 + 2 * about.degree)), levels: try links("levels", about.count),
            starts: try links("starts", about.count), upper: try links("upper", about.lists * (1 + about.degree)),
            lists: UInt32(about.lists))
        guard ng_is_sound(&graph) else { throw unusable("a link leads nowhere") }
        self.init(table: table, rows: try Self.rows(of: table), graph: graph, memory: file.file)
    }

    /// Writes the links of a snapshot's graph and puts the file into its place.
    ///
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)``; then the old file stays.
    public func write(path: String, snapshot: VectorSnapshot) throws(VectorSearchError) {
        precondition(snapshot.table.count == table.count, "a graph belongs to its snapshot")
        let (count, degree, lists) = (Int(graph.count), Int(graph.degree), Int(graph.lists))
        let parts: [(name: String, pointer: UnsafeRawPointer, length: Int)] = [
            ("base", UnsafeRawPointer(graph.base), count * (1 + 2 * degree) * 4),
            ("levels", UnsafeRawPointer(graph.levels), count), ("starts", UnsafeRawPointer(graph.starts), count * 4),
            ("upper", UnsafeRawPointer(graph.upper), lists * (1 + degree) * 4),
        ]
        let file = try SectionFileWriter<About>(
            path: path, kind: .graph, sections: parts.map { (name: $0.name, length: $0.length) })
        for (index, part) in parts.enumerated() {
            try file.write(UnsafeRawBufferPointer(start: part.pointer, count: part.length), to: index)
        }
        try file.finish(
            about: About(
                snapshot: snapshot.identity, count: count, degree: degree, entry: graph.entry, top: graph.top,
                lists: lists))
    }
}
