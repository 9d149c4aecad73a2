import Tensors

/// What layers compute with, shared by all callers of a network.
package struct ComputeContext: Sendable {
    package let pool: ThreadPool
    package let gemm: Gemm
    /// Feature maps: one loan for each photo under way.
    package let activations = ScratchPool()
    /// What a layer needs while it runs: one loan for each piece under way.
    package let scratch = ScratchPool()

    package init(pool: ThreadPool) throws {
        self.pool = pool
        gemm = try Gemm()
    }
}
