internal import COpenBLAS

/// Matrix products in single precision, on OpenBLAS.
///
/// The library is loaded when the first value is made, with kernels that suit this CPU (`OPENBLAS_CORETYPE`, if set,
/// wins), and runs each product on the calling thread alone: split the work with ``ThreadPool``. The same shapes and
/// numbers give the same bits every time on one machine; products of another shape may round differently.
public struct Gemm: Sendable {
    /// Loads OpenBLAS, the first time.
    ///
    /// - Throws: ``TensorsError/openBLASMissing(reason:)``.
    public init() throws(TensorsError) {
        guard vblas_load() == 0 else {
            throw .openBLASMissing(reason: String(cString: vblas_error()))
        }
    }

    /// The kernels that OpenBLAS chose, such as "SkylakeX"; "unknown" where it does not say.
    public var coreName: String {
        let name = String(cString: vblas_core_name())
        return name.isEmpty ? "unknown" : name
    }

    /// `c = a * b`, all row-major.
    ///
    /// `a` is `rows` x `inner` with rows `aStride` floats apart, `b` is `inner` x `columns` with rows `bStride` apart, `c`
    /// is `rows` x `columns` with rows `cStride` apart. `c` must not overlap `a` or `b`; its old content is not read, or
    /// with `accumulate` the product is added to it.
    ///
    /// - Complexity: `2 * rows * columns * inner` floating point operations.
    public func multiply(
        rows: Int, columns: Int, inner: Int,
        _ a: UnsafePointer<Float>, stride aStride: Int,
        _ b: UnsafePointer<Float>, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulate: Bool = false
    ) {
        multiply(
            rows, columns, inner, transposed: false, a, aStride, b, bStride, c, cStride, accumulate)
    }

    /// `c = a * transpose(b)`, all row-major: the inner products of the rows of `a` with the rows of `b`.
    ///
    /// As ``multiply(rows:columns:inner:_:stride:_:stride:into:stride:)``, but `b` is `columns` x `inner`.
    public func multiplyTransposed(
        rows: Int, columns: Int, inner: Int,
        _ a: UnsafePointer<Float>, stride aStride: Int,
        _ b: UnsafePointer<Float>, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int
    ) {
        multiply(rows, columns, inner, transposed: true, a, aStride, b, bStride, c, cStride, false)
    }

    private func multiply(
        _ rows: Int, _ columns: Int, _ inner: Int, transposed: Bool,
        _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ accumulate: Bool
    ) {
        guard rows > 0, columns > 0 else { return }
        guard inner > 0 else {
            guard !accumulate else { return }
            for row in 0..<rows { (c + row * cStride).update(repeating: 0, count: columns) }
            return
        }
        vblas_sgemm(
            transposed ? 1 : 0, Int32(rows), Int32(columns), Int32(inner), a, Int32(aStride), b, Int32(bStride), c,
            Int32(cStride), accumulate ? 1 : 0)
    }
}
