import CatalogStore
import Embeddings
import Evaluation
import Foundation
import ImageCodecs
import NeuralNet
import VectorSearch

/// An error as the shell sees it: a sentence on standard error and an exit status.
struct Failure: Error {
    let message: String
    let status: Int32

    /// The input cannot be used (EX_DATAERR of sysexits.h).
    static let badInput: Int32 = 65
    /// A part of what was asked for is away (EX_UNAVAILABLE).
    static let unavailable: Int32 = 69
    /// What a shell reports for Ctrl-C.
    static let interrupted: Int32 = 130

    /// What a shell reports for a reader that has gone (128 + SIGPIPE).
    static let closedPipe: Int32 = 141

    init(_ message: String, status: Int32 = 1) {
        self.message = message
        self.status = status
    }

    /// The message and status of any error.
    init(_ error: any Error) {
        switch error {
        case let error as ImageError: self.init(error.message, status: Self.badInput)
        case let error as CatalogError: self.init(error.description, status: Self.badInput)
        case let error as EvaluationError: self.init(error.description, status: Self.badInput)
        case let error as EmbeddingError: self.init("\(error)", status: Self.badInput)
        case let error as NeuralNetError: self.init("\(error)", status: Self.badInput)
        case let error as CustomStringConvertible: self.init(error.description)
        default: self.init(error.localizedDescription)
        }
    }
}
