internal import CPostgres

/// What a statement gave, in PostgreSQL's binary form.
///
/// Unchecked because it holds a pointer: libpq's results do not change, and may be read from any thread.
final class PostgresRows: @unchecked Sendable {
    private let result: OpaquePointer

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// How many rows came.
    var count: Int { Int(PQntuples(result)) }

    /// How many rows a statement without an answer changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    private func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }

    /// A text, or `nil` for NULL.
    func optionalText(_ row: Int, _ column: Int) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A text; an empty one for NULL.
    func text(_ row: Int, _ column: Int) -> String { optionalText(row, column) ?? "" }

    /// A whole number of 2, 4 or 8 bytes, or `nil` for NULL.
    func optionalInteger(_ row: Int, _ column: Int) -> Int? {
        bytes(row, column).map { bytes in
            // Sign extension of the first byte, then the others.
            bytes.dropFirst().reduce(Int(Int8(bitPattern: bytes.first ?? 0))) { $0 << 8 | Int($1) }
        }
    }

    /// A whole number; 0 for NULL.
    func integer(_ row: Int, _ column: Int) -> Int { optionalInteger(row, column) ?? 0 }

    /// A `float8`, or `nil` for NULL.
    func optionalDouble(_ row: Int, _ column: Int) -> Double? {
        bytes(row, column).map { bytes in
            Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
        }
    }

    /// A truth value; false for NULL.
    func boolean(_ row: Int, _ column: Int) -> Bool { bytes(row, column)?.first == 1 }

    /// The bytes of a `bytea`; none for NULL.
    func blob(_ row: Int, _ column: Int) -> [UInt8] { bytes(row, column).map { Array($0) } ?? [] }

    /// A `vector`; none for NULL.
    func vector(_ row: Int, _ column: Int) -> [Float] {
        guard let bytes = bytes(row, column), bytes.count >= 4 else { return [] }
        return (0..<(bytes.count - 4) / 4).map { index in
            Float(
                bitPattern: UInt32(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * index, as: UInt32.self)))
        }
    }
}
