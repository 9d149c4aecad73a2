import ArgumentParser
import Foundation

@main
struct Vitrine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrine",
        abstract: "Visual fashion search: a photo in, the five nearest items of a catalog out.",
        discussion: """
            A catalog is a folder with items.csv (columns id and image, and any others) and its images, or with
            styles.csv and images/ID.jpg. Indexing embeds its photos with a neural network into a data directory;
            serving answers searches in the browser and over a JSON API.

            EXIT STATUS
              0    done
              1    failed; the reason is on standard error. For catalog verify: something is wrong
              64   wrong usage
              65   a photo, catalog or model file cannot be used
              130  stopped by Ctrl-C; index goes on from there in another run, import has changed nothing

            ENVIRONMENT
              VITRINE_HOME          folder with Templates, Languages, Public, Weights (default: found from the executable)
              VITRINE_LOG_LEVEL     trace, debug, info (default), notice, warning or error
              VITRINE_TOKEN         lets clients of `serve` change items, 16 characters or more (default: nobody may)
              VITRINE_DATABASE      PostgreSQL databases, as --database; shards apart by spaces (default: none)
              OPENBLAS_CORETYPE     kernels that OpenBLAS is to use (default: chosen from the processor)
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Import.self, Index.self, Catalog.self, Search.self, Embed.self, Evaluate.self, Weights.self,
            Bench.self, BenchSearch.self,
        ])

    static func main() {
        // A client or pipe that closes early is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            if !failure.message.isEmpty { printError("vitrine: \(failure.message)") }
            Foundation.exit(failure.status)
        } catch let status as ExitCode {
            Foundation.exit(status.rawValue)
        } catch let error where isUsageOrHelp(error) {
            exit(withError: error)
        } catch {
            let failure = Failure(error)
            printError("vitrine: \(failure.message)")
            Foundation.exit(failure.status)
        }
    }

    private static func isUsageOrHelp(_ error: any Error) -> Bool {
        let code = exitCode(for: error)
        return code == .success || code == .validationFailure
    }
}
