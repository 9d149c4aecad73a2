import ArgumentParser

@main
struct Vitrine: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "vitrine", abstract: "Visual fashion search.")
}
