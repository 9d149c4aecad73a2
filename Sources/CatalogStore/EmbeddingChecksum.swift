import Crypto
import Foundation
import GRDB

/// Tells whether an embedding is the one that was stored for a photo and a model: the first eight bytes of the SHA-256
/// (FIPS 180-4) of the model's hash, the photo's hash, each with a zero byte after it, and the vector's bytes.
enum EmbeddingChecksum {
    /// The checksum of an embedding. O(bytes).
    static func of(_ vector: UnsafeRawBufferPointer, contentHash: String, modelHash: String) -> Int64 {
        var hasher = SHA256()
        for text in [modelHash, contentHash] { hasher.update(data: Array(text.utf8) + [0]) }
        if !vector.isEmpty { hasher.update(bufferPointer: vector) }
        return hasher.finalize().withUnsafeBytes {
            Int64(bigEndian: $0.loadUnaligned(as: Int64.self))
        }
    }

    /// The length of a vector of little-endian floats; not finite if one of them is not.
    static func length(_ vector: UnsafeRawBufferPointer) -> Double {
        var square = 0.0
        for offset in stride(from: 0, to: vector.count - 3, by: MemoryLayout<Float>.size) {
            let bits = UInt32(littleEndian: vector.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            let value = Double(Float(bitPattern: bits))
            square += value * value
        }
        return square.squareRoot()
    }

    /// How far a vector's length may be from 1: float32 sums over some thousand dimensions stay well below.
    static let tolerance = 1e-3
}

extension CatalogDatabase {
    /// Binds every embedding to its photo and model. One that is no unit vector gets no checksum, and is embedded again.
    static func addChecksums(_ database: Database) throws {
        let function = DatabaseFunction("embedding_checksum", argumentCount: 3, pure: true) { values in
            guard let content = String.fromDatabaseValue(values[0]), let model = String.fromDatabaseValue(values[1]),
                let vector = Data.fromDatabaseValue(values[2])
            else { return nil }
            return vector.withUnsafeBytes { bytes in
                abs(EmbeddingChecksum.length(bytes) - 1) <= EmbeddingChecksum.tolerance
                    ? EmbeddingChecksum.of(bytes, contentHash: content, modelHash: model) : nil
            }
        }
        database.add(function: function)
        defer { database.remove(function: function) }
        try database.execute(
            sql: """
                ALTER TABLE embedding ADD COLUMN checksum INTEGER;
                UPDATE embedding SET checksum = embedding_checksum(content_hash, model_hash, vector);
                """)
    }

    /// The content that has an embedding of a model. Embeddings that are not as they were stored are removed, and so are
    /// what is found by them until they are made anew.
    ///
    /// - Returns: the content hashes, and how many embeddings were removed.
    /// - Complexity: O(bytes of the model's embeddings).
    package func soundContent(modelHash: String, dimension: Int) throws -> (hashes: Set<String>, removed: Int) {
        var sound: Set<String> = []
        var damaged: [String] = []
        try pool.read { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT content_hash, checksum, vector FROM embedding WHERE model_hash = ?",
                arguments: [modelHash])
            while let row = try rows.next() {
                let hash: String = row[0]
                if try Self.isSound(row, contentHash: hash, modelHash: modelHash) {
                    // One of another length is left for who stores the right one.
                    if try row.withUnsafeData(atIndex: 2, { $0?.count == dimension * MemoryLayout<Float>.size }) {
                        sound.insert(hash)
                    }
                } else {
                    damaged.append(hash)
                }
            }
        }
        guard !damaged.isEmpty else { return (sound, 0) }
        return (sound, try pool.write { try Self.remove(damaged, modelHash: modelHash, $0) })
    }

    private static func remove(_ damaged: [String], modelHash: String, _ database: Database) throws -> Int {
        var removed = 0
        for hash in damaged {
            let arguments: StatementArguments = [hash, modelHash]
            let row = try Row.fetchOne(
                database,
                sql: "SELECT content_hash, checksum, vector FROM embedding WHERE content_hash = ? AND model_hash = ?",
                arguments: arguments)
            // It may have been replaced meanwhile.
            guard let row, try !isSound(row, contentHash: hash, modelHash: modelHash) else { continue }
            try database.execute(
                sql: "DELETE FROM embedding WHERE content_hash = ? AND model_hash = ?", arguments: arguments)
            try touchItems(contentHash: hash, database)
            removed += 1
        }
        return removed
    }

    private static func isSound(_ row: Row, contentHash: String, modelHash: String) throws -> Bool {
        guard let checksum: Int64 = row[1] else { return false }
        return try row.withUnsafeData(atIndex: 2) { vector in
            (vector ?? Data()).withUnsafeBytes {
                EmbeddingChecksum.of($0, contentHash: contentHash, modelHash: modelHash) == checksum
            }
        }
    }

    /// Counts as a change of the items: who searches reads their embedding again.
    static func touchItems(contentHash: String, _ database: Database) throws {
        try database.cachedStatement(sql: "UPDATE item SET content_hash = content_hash WHERE content_hash = ?")
            .execute(arguments: [contentHash])
    }
}
