// Run by scripts/dist_test.py with only the jar and the dependencies of its pom.

import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import vitable.groups.ApplyOptionsBuilder;
import vitable.groups.Group;
import vitable.groups.NotFoundException;
import vitable.groups.Roster;
import vitable.groups.VitableConnect;

class Jar {
    public static void main(String[] arguments) {
        String url = arguments[0];
        Path file = Path.of(arguments[1]);
        try (VitableConnect client = VitableConnect.builder().apiKey("k").baseUrl(url).build()) {
            Group group = client.async().getGroups().getOrCreate("jar-1", "Jar 1").join();
            var first = new ApplyOptionsBuilder().firstSync().build();
            var done = client.async().getGroups().getMembers().getSync()
                .apply(group.getId(), Roster.read(file), null, first).join();
            if (done.getOutcome().getAdded() != 250 || !done.getOutcome().isOk()) {
                throw new AssertionError(done.getOutcome());
            }
            try {
                client.async().getGroups().retrieve("grp_nowhere").join();
                throw new AssertionError("found a group that does not exist");
            } catch (CompletionException error) {
                if (!(error.getCause() instanceof NotFoundException)) throw error;
            }
        }
        System.out.println("ok");
    }
}
